using System.Collections.Immutable;

namespace Sentinel.Detection.Links;

/// <summary>
/// What accounts can share. The first twelve are the link kinds of the outside contract; append, never reorder.
/// </summary>
public enum LinkKind : byte
{
    /// <summary>Payment instrument.</summary>
    Payment,

    /// <summary>Phone.</summary>
    Phone,

    /// <summary>E-mail hash or pattern.</summary>
    EmailPattern,

    /// <summary>Device.</summary>
    Device,

    /// <summary>TLS client fingerprint.</summary>
    Tls,

    /// <summary>Address or address block.</summary>
    Address,

    /// <summary>Prompt frame.</summary>
    Template,

    /// <summary>The same prompts.</summary>
    Content,

    /// <summary>The same steady pace.</summary>
    Timing,

    /// <summary>A reasoning reference issued to another account.</summary>
    ReasoningReference,

    /// <summary>Another account's output as input.</summary>
    Recirculation,

    /// <summary>The habits of a banned campaign.</summary>
    Successor,
}

/// <summary>What is common to link kinds.</summary>
public static class LinkKinds
{
    /// <summary>How many kinds there are.</summary>
    public const int Count = 12;

    /// <summary>Names as in the contract, in the order of <see cref="LinkKind"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "payment", "phone", "email_pattern", "device", "tls", "address", "template", "content", "timing",
        "reasoning_reference", "recirculation", "successor",
    ];

    /// <summary>Instruments of identity: what somebody has to have to be an account, and strangers do not share.</summary>
    public static ImmutableArray<LinkKind> Instruments { get; } = [.. Enum.GetValues<LinkKind>().Where(IsInstrument)];

    /// <summary>Whether a kind is one of <see cref="Instruments"/>.</summary>
    public static bool IsInstrument(LinkKind kind) =>
        kind is LinkKind.Payment or LinkKind.Phone or LinkKind.EmailPattern or LinkKind.Device;
}

/// <summary>An account used a linkable key for the first time.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="AccountId">The account.</param>
/// <param name="Partition">Partition of the exchange in which it did.</param>
/// <param name="Offset">Offset of that exchange.</param>
/// <param name="At">Event time of that exchange.</param>
public sealed record Link(
    LinkKind Kind, ulong Key, string AccountId, int Partition, long Offset, DateTimeOffset At);
