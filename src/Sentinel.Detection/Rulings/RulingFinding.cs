using Sentinel.Detection.Cases;

namespace Sentinel.Detection.Rulings;

/// <summary>What a person found an account to be, as far as a ruling says so.</summary>
public enum RulingFinding : byte
{
    /// <summary>Nothing: it is let go on for a time, watched, or asked to prove itself.</summary>
    None,

    /// <summary>The machine was wrong about it.</summary>
    Innocent,

    /// <summary>It does what the machine says.</summary>
    Confirmed,
}

/// <summary>What rulings say.</summary>
public static class RulingFindings
{
    /// <summary>What a ruling of this kind says of its accounts.</summary>
    public static RulingFinding Of(RulingKind kind) => kind switch
    {
        RulingKind.Dismiss => RulingFinding.Innocent,
        RulingKind.Block or RulingKind.Throttle or RulingKind.StripReasoning => RulingFinding.Confirmed,
        _ => RulingFinding.None,
    };
}

/// <summary>What a ruling says of one account, and when.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="RulingId">The ruling.</param>
/// <param name="Finding">What it says.</param>
/// <param name="From">Event time from which on it holds.</param>
/// <param name="Until">Event time from which on it does not; the greatest where it has no end.</param>
public sealed record AccountRuling(
    string AccountId, string RulingId, RulingFinding Finding, DateTimeOffset From, DateTimeOffset Until);
