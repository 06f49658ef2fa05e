using System.Runtime.CompilerServices;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// A key that at least two accounts share, as the campaigns lane knows it. Members are listed up to
/// <see cref="AccountsMax"/> and counted beyond, so a key with 100,000 accounts costs no more than one with 512. Owned by
/// the lane's thread.
/// </summary>
internal sealed class LinkEntry(LinkKind kind, ulong key, ChangeList<LinkEntry> changes) : IChangeTracked
{
    private readonly List<int> _accounts = new(2);
    private int _campaign = -1;
    private bool _isDirty;

    /// <summary>Members listed.</summary>
    public const int AccountsMax = 512;

    public LinkKind Kind { get; } = kind;

    public ulong Key { get; } = key;

    /// <summary>Indices of members, in the order in which they came.</summary>
    public IReadOnlyList<int> Accounts => _accounts;

    /// <summary>Members, also those not listed.</summary>
    public int AccountCount { get; private set; }

    /// <summary>Exchanges that showed the key since it is shared.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Content evidence of those exchanges, nats.</summary>
    public double EvidenceSum { get; private set; }

    /// <summary>Exchanges an account that showed the key since it is shared.</summary>
    public double SentByAccount => AccountCount == 0 ? 0 : ExchangeCount / (double)AccountCount;

    public long LastSeenMs { get; private set; }

    /// <summary>Number of the campaign that the key convicted, or -1.</summary>
    public int Campaign
    {
        get => _campaign;
        set
        {
            _campaign = value;
            changes.Add(this);
        }
    }

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty
    {
        get => _isDirty;
        set
        {
            _isDirty = value;
            changes.Add(this);
        }
    }

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
        changes.Add(this);
    }

    /// <summary>Lists a member if there is room.</summary>
    public void AddAccount(int account)
    {
        if (_accounts.Count < AccountsMax)
        {
            _accounts.Add(account);
            changes.Add(this);
        }
    }

    /// <summary>Writes all but kind and key.</summary>
    public void Write(StateWriter to)
    {
        to.PutCount(AccountCount);
        to.PutCount(ExchangeCount);
        to.PutDouble(EvidenceSum);
        to.PutInt64(LastSeenMs);
        to.PutInt64(_campaign);
        to.PutBool(_isDirty);
        to.PutCount(_accounts.Count);
        _accounts.ForEach(account => to.PutCount(account));
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader from)
    {
        AccountCount = from.TakeCount();
        ExchangeCount = from.TakeLong();
        EvidenceSum = from.TakeDouble();
        LastSeenMs = from.TakeInt64();
        _campaign = (int)from.TakeInt64();
        _isDirty = from.TakeBool();
        _accounts.Clear();
        for (var left = from.TakeCountOf(1); left > 0; left--)
        {
            _accounts.Add(from.TakeCount());
        }
    }
}

/// <summary>The linkable keys of an account's latest exchange, by kind, as short ones.</summary>
[InlineArray(Length)]
internal struct LinkMemo
{
    /// <summary>Payment, phone, e-mail, device, TLS, address, address block.</summary>
    public const int Length = 7;

    private uint _first;
}
