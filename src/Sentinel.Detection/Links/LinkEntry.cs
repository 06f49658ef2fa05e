using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Links;

/// <summary>
/// A key that at least two accounts share. Members are listed up to <see cref="AccountsMax"/> and counted beyond, so a
/// key with 100,000 accounts costs no more than one with 512. Owned by the lane's thread.
/// </summary>
internal sealed class LinkEntry(LinkKind kind, ulong key)
{
    /// <summary>Members listed.</summary>
    public const int AccountsMax = 512;

    /// <summary>Masked excerpts kept, from different accounts: what the frame's text is drawn from.</summary>
    public const int ExcerptsMax = 6;

    public LinkKind Kind { get; } = kind;

    public ulong Key { get; } = key;

    /// <summary>Indices of members, in the order in which they came.</summary>
    public List<int> Accounts { get; } = new(2);

    /// <summary>Members, also those not listed.</summary>
    public int AccountCount { get; private set; }

    /// <summary>Exchanges that showed the key since it is shared.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Content evidence of those exchanges, nats.</summary>
    public double EvidenceSum { get; private set; }

    public long LastSeenMs { get; private set; }

    /// <summary>Number of the campaign that the key convicted, or -1.</summary>
    public int Campaign { get; set; } = -1;

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether it was forgotten to make room.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Masked excerpts with the account that each is of; null while there are none.</summary>
    public List<(int Account, string Text)>? Excerpts { get; private set; }

    public void AddAccount(int account)
    {
        AccountCount++;
        if (Accounts.Count < AccountsMax)
        {
            Accounts.Add(account);
        }
    }

    public void Book(float evidence, long atMs)
    {
        ExchangeCount++;
        EvidenceSum += evidence;
        LastSeenMs = Math.Max(LastSeenMs, atMs);
    }

    public void AddExcerpt(int account, string text)
    {
        Excerpts ??= new List<(int, string)>(ExcerptsMax);
        Excerpts.Add((account, text));
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
