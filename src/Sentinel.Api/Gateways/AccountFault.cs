using System.Collections.Immutable;

namespace Sentinel.Api.Gateways;

/// <summary>Why a request names no account.</summary>
internal enum AccountFault : byte
{
    /// <summary>It does.</summary>
    None,

    /// <summary>It names none.</summary>
    Missing,

    /// <summary>What it names can be no account, or it names two.</summary>
    Bad,

    /// <summary>It cannot be read.</summary>
    Unreadable,

    /// <summary>It is too large to look further.</summary>
    TooLarge,
}

/// <summary>Names of <see cref="AccountFault"/> as reasons.</summary>
internal static class AccountFaults
{
    private static readonly ImmutableArray<string> Names =
        ["", "no_account", "bad_account", "unreadable_request", "request_too_large"];

    public static string NameOf(AccountFault fault) => Names[(int)fault];
}
