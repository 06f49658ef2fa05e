using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Links;

/// <summary>
/// A key that at least two accounts share, as the campaigns lane knows it. Members are listed up to
/// <see cref="AccountsMax"/> and counted beyond, so a key with 100,000 accounts costs no more than one with 512. Owned by
/// the lane's thread.
/// </summary>
internal sealed class LinkEntry(LinkKind kind, ulong key)
{
    /// <summary>Members listed.</summary>
    public const int AccountsMax = 512;

    public LinkKind Kind { get; } = kind;

    public ulong Key { get; } = key;

    /// <summary>Indices of members, in the order in which they came.</summary>
    public List<int> Accounts { get; } = new(2);

    /// <summary>Members, also those not listed.</summary>
    public int AccountCount { get; set; }

    /// <summary>Exchanges that showed the key since it is shared.</summary>
    public long ExchangeCount { get; set; }

    /// <summary>Content evidence of those exchanges, nats.</summary>
    public double EvidenceSum { get; set; }

    public long LastSeenMs { get; set; }

    /// <summary>Number of the campaign that the key convicted, or -1.</summary>
    public int Campaign { get; set; } = -1;

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether it was forgotten to make room.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Whether it changed since the last snapshot.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>Books what changed, but for the members.</summary>
    public void Book(in EdgeChange change)
    {
        AccountCount += change.AccountsMore;
        ExchangeCount += change.ExchangesMore;
        EvidenceSum += change.EvidenceMore;
        LastSeenMs = Math.Max(LastSeenMs, change.LastSeenMs);
    }
}

/// <summary>The linkable keys of an account's latest exchange, by kind.</summary>
[InlineArray(Length)]
internal struct LinkMemo
{
    /// <summary>Payment, phone, e-mail, device, TLS, address, address block.</summary>
    public const int Length = 7;

    private ulong _first;
}
