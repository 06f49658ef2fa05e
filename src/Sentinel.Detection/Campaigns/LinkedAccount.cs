using Sentinel.Detection.Accounts;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// An account as the campaigns lane knows it: its profile as last told, the keys it shares, the group and campaign it
/// is judged by. Owned by the lane's thread.
/// </summary>
internal sealed class LinkedAccount(int index, AccountProfile profile, ChangeList<LinkedAccount> changes) : IChangeTracked
{
    /// <summary>Shared keys remembered of one account; further ones count for their groups only.</summary>
    public const int SharedKeysMax = 64;

    /// <summary>Contents among them that stay while other keys need room.</summary>
    public const int SharedContentsMax = 32;

    private AccountProfile _profile = profile;
    private List<LinkEntry>? _sharedKeys;
    private GroupStanding _group;
    private Company _company;
    private int _foreignReasoningRefs;
    private OutputFlow _outputs;
    private int _campaign = -1;
    private int _predecessor = -1;
    private long _firstToldMs = -1;
    private bool _isDirty;

    public int Index { get; } = index;

    public AccountProfile Profile
    {
        get => _profile;
        set => Set(ref _profile, value);
    }

    /// <summary>Keys shared with other accounts, oldest first; null while there are none.</summary>
    public IReadOnlyList<LinkEntry>? SharedKeys => _sharedKeys;

    /// <summary>Reasoning references presented that were issued to an unrelated account.</summary>
    public int ForeignReasoningRefs
    {
        get => _foreignReasoningRefs;
        set => Set(ref _foreignReasoningRefs, value);
    }

    /// <summary>Outputs that went between it and strangers.</summary>
    public OutputFlow Outputs
    {
        get => _outputs;
        set => Set(ref _outputs, value);
    }

    /// <summary>Strongest group evidence it is judged by, nats, and what it rests on.</summary>
    public GroupStanding Group
    {
        get => _group;
        set => Set(ref _group, value);
    }

    /// <summary>Those with whom it regularly sends one frame, where that speaks most against it.</summary>
    public Company Company
    {
        get => _company;
        set => Set(ref _company, value);
    }

    /// <summary>Number of the campaign it is part of, or -1.</summary>
    public int Campaign
    {
        get => _campaign;
        set => Set(ref _campaign, value);
    }

    /// <summary>Number of the silent campaign whose place it takes, or -1.</summary>
    public int Predecessor
    {
        get => _predecessor;
        set => Set(ref _predecessor, value);
    }

    /// <summary>Event time when its profile was first told, or -1 until it is set.</summary>
    public long FirstToldMs
    {
        get => _firstToldMs;
        set => Set(ref _firstToldMs, value);
    }

    /// <summary>
    /// Level that group and own exchanges together support; it goes down only when a verified workload explains them.
    /// </summary>
    public VerdictLevel Level { get; private set; }

    /// <summary>Level that they would support without a verified workload, when that was last told.</summary>
    public VerdictLevel ExplainedLevel { get; private set; }

    /// <summary>Event time of its latest verdict, or -1.</summary>
    public long ToldAtMs { get; private set; } = -1;

    /// <summary>The campaign that its latest verdict names.</summary>
    public string? CampaignToldId { get; private set; }

    /// <summary>Event time when it first became flagged, or -1.</summary>
    public long FlaggedAtMs { get; private set; } = -1;

    /// <summary>Its exchanges by then, or -1.</summary>
    public long ExchangesAtFlag { get; private set; } = -1;

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty
    {
        get => _isDirty;
        set => Set(ref _isDirty, value);
    }

    /// <summary>Whether it changed since the last snapshot.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>Whether anything but its own exchanges speaks against it.</summary>
    public bool HasStanding => Group.Evidence > 0 || Campaign >= 0 || ForeignReasoningRefs > 0
        || Outputs.Foreign > 0 || Predecessor >= 0 || Company.Frame != 0;

    /// <summary>It became flagged.</summary>
    public void Flag(long atMs, long exchanges)
    {
        (FlaggedAtMs, ExchangesAtFlag) = (atMs, exchanges);
        changes.Add(this);
    }

    /// <summary>A verdict told of this level and campaign.</summary>
    public void Tell(VerdictLevel level, VerdictLevel withoutWorkload, string? campaignId, long atMs)
    {
        (Level, ExplainedLevel, CampaignToldId, ToldAtMs) = (level, withoutWorkload, campaignId, atMs);
        changes.Add(this);
    }

    /// <summary>
    /// Remembers that a key is shared. Past the maximum the oldest content makes room, or, where contents are few, the frame
    /// that is sent least: a suite's every text looks like a frame.
    /// </summary>
    public void Remember(LinkEntry key)
    {
        _sharedKeys ??= new List<LinkEntry>(4);
        if (_sharedKeys.Count == SharedKeysMax)
        {
            if (PlaceToFree(_sharedKeys) is not (>= 0 and var place))
            {
                return;
            }

            _sharedKeys.RemoveAt(place);
        }

        _sharedKeys.Add(key);
        changes.Add(this);
    }

    private static int PlaceToFree(List<LinkEntry> keys)
    {
        var (contents, oldestContent, leastSent) = (0, -1, -1);
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Kind == LinkKind.Content)
            {
                contents++;
                oldestContent = oldestContent < 0 ? i : oldestContent;
            }
            else if (keys[i].Kind == LinkKind.Template)
            {
                leastSent = leastSent < 0 || keys[i].SentByAccount < keys[leastSent].SentByAccount ? i : leastSent;
            }
        }

        return contents > SharedContentsMax || leastSent < 0 ? oldestContent : leastSent;
    }

    /// <summary>Forgets a key.</summary>
    public void Forget(LinkEntry key)
    {
        if (_sharedKeys?.Remove(key) == true)
        {
            changes.Add(this);
        }
    }

    /// <summary>Writes all of it.</summary>
    public void Write(StateWriter to)
    {
        PackedProfile.Write(to, _profile);
        to.PutCount(_foreignReasoningRefs);
        to.PutCount(_outputs.Foreign);
        to.PutCount(_outputs.Issuers);
        to.PutCount(_outputs.Takers);
        to.PutDouble(_group.Evidence);
        to.PutByte((byte)_group.Kind);
        to.PutCount(_group.AccountCount);
        to.PutBool(_group.IsMember);
        to.PutDouble(_group.IdentityEvidence);
        to.PutDouble(_group.LikenessEvidence);
        to.PutDouble(_group.ProbingEvidence);
        to.PutDouble(_group.PivotEvidence);
        to.PutUInt64(_company.Frame);
        to.PutDouble(_company.Nats);
        to.PutCount(_company.Flagged);
        to.PutCount(_company.All);
        to.PutInt64(_campaign);
        to.PutInt64(_predecessor);
        to.PutInt64(_firstToldMs);
        to.PutByte((byte)Level);
        to.PutByte((byte)ExplainedLevel);
        to.PutInt64(ToldAtMs);
        to.PutText(CampaignToldId ?? "");
        to.PutInt64(FlaggedAtMs);
        to.PutInt64(ExchangesAtFlag);
        to.PutBool(_isDirty);
        to.PutCount(_sharedKeys?.Count ?? 0);
        foreach (var key in _sharedKeys ?? [])
        {
            to.PutUInt64(key.Key);
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote after the profile; gives the keys that it shares.</summary>
    public ulong[] Read(ref StateReader from)
    {
        _foreignReasoningRefs = from.TakeCount();
        _outputs = new OutputFlow(from.TakeCount(), from.TakeCount(), from.TakeCount());
        _group = new GroupStanding(
            from.TakeDouble(), (LinkKind)from.TakeByte(), from.TakeCount(), from.TakeBool(), from.TakeDouble(),
            from.TakeDouble(), from.TakeDouble()) { PivotEvidence = from.TakeDouble() };
        _company = new Company(from.TakeUInt64(), from.TakeDouble(), from.TakeCount(), from.TakeCount());
        _campaign = (int)from.TakeInt64();
        _predecessor = (int)from.TakeInt64();
        _firstToldMs = from.TakeInt64();
        Level = (VerdictLevel)from.TakeByte();
        ExplainedLevel = (VerdictLevel)from.TakeByte();
        ToldAtMs = from.TakeInt64();
        CampaignToldId = from.TakeText() is { Length: > 0 } id ? id : null;
        FlaggedAtMs = from.TakeInt64();
        ExchangesAtFlag = from.TakeInt64();
        _isDirty = from.TakeBool();
        var keys = new ulong[from.TakeCountOf(sizeof(ulong))];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = from.TakeUInt64();
        }

        return keys;
    }

    /// <summary>Takes over the shared keys of a snapshot.</summary>
    public void RestoreKeys(List<LinkEntry>? keys) => _sharedKeys = keys;

    private void Set<T>(ref T field, T value)
    {
        field = value;
        changes.Add(this);
    }
}
