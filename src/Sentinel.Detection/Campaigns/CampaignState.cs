using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

/// <summary>A campaign while it grows. Owned by its board.</summary>
internal sealed class CampaignState(int number, ChangeList<CampaignState> changes) : IChangeTracked
{
    private readonly HashSet<int> _known = [];
    private readonly List<int> _accounts = [];
    private readonly List<LinkEntry> _keys = [];
    private long _firstDetectedMs;
    private long _exchangesAtDetection;
    private int _version;
    private int _accountsPublished;
    private int _accountsConcluded;
    private long _publishedMs;
    private int _mergedInto = -1;
    private long _activeMs;
    private long _silentSinceMs = -1;
    private int _returned;
    private int _splitFrom = -1;
    private bool _wasPart;
    private RulingFinding _finding;
    private long _foundMs;

    public int Number { get; } = number;

    public string Id { get; } = IdOf(number);

    /// <summary>Indices of members, in the order in which they joined.</summary>
    public IReadOnlyList<int> Accounts => _accounts;

    /// <summary>Keys that convicted it, strongest evidence last.</summary>
    public IReadOnlyList<LinkEntry> Keys => _keys;

    /// <summary>Highest evidence of any of its groups, nats, and what it is made of.</summary>
    public double Evidence { get; private set; }

    public double Content { get; private set; }

    public double Identity { get; private set; }

    public double Likeness { get; private set; }

    public double Probing { get; private set; }

    /// <summary>Evidence of how many of those who regularly send its frame are flagged one by one, nats.</summary>
    public double Company { get; private set; }

    public long FirstDetectedMs
    {
        get => _firstDetectedMs;
        set => Set(ref _firstDetectedMs, value);
    }

    public long ExchangesAtDetection
    {
        get => _exchangesAtDetection;
        set => Set(ref _exchangesAtDetection, value);
    }

    public int Version
    {
        get => _version;
        set => Set(ref _version, value);
    }

    public int AccountsPublished
    {
        get => _accountsPublished;
        set => Set(ref _accountsPublished, value);
    }

    /// <summary>Members whose verdicts name the campaign.</summary>
    public int AccountsConcluded
    {
        get => _accountsConcluded;
        set => Set(ref _accountsConcluded, value);
    }

    public long PublishedMs
    {
        get => _publishedMs;
        set => Set(ref _publishedMs, value);
    }

    /// <summary>Number of the campaign that took this one over, or -1.</summary>
    public int MergedInto
    {
        get => _mergedInto;
        set => Set(ref _mergedInto, value);
    }

    /// <summary>
    /// Number of the campaign that it was part of, or, if a person dismissed that one, whose keys it goes on with; or -1.
    /// </summary>
    public int SplitFrom
    {
        get => _splitFrom;
        set => Set(ref _splitFrom, value);
    }

    /// <summary>Whether <see cref="SplitFrom"/> is what it was part of.</summary>
    public bool WasPart => _wasPart;

    public bool IsStanding => MergedInto < 0;

    /// <summary>Whether it fell silent and others took its place.</summary>
    public bool IsSilent => _silentSinceMs >= 0;

    /// <summary>What people found it to be.</summary>
    public RulingFinding Finding => _finding;

    /// <summary>Event time since which groups are judged under that.</summary>
    public long FoundMs => _foundMs;

    /// <summary>Whether it changed since the last snapshot.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>The id of the campaign with this number.</summary>
    public static string IdOf(int number) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cmp-{number + 1}");

    public bool Contains(int account) => _known.Contains(account);

    public bool TryAdd(int account)
    {
        if (!_known.Add(account))
        {
            return false;
        }

        _accounts.Add(account);
        changes.Add(this);
        return true;
    }

    /// <summary>
    /// From now on holds these accounts and no others: those that stay in their order, then those that join. Gives whether any
    /// left or joined.
    /// </summary>
    public bool Hold(List<int> accounts)
    {
        if (accounts.Count == _known.Count && accounts.TrueForAll(_known.Contains))
        {
            return false;
        }

        var joining = accounts.Where(account => !_known.Contains(account)).ToList();
        var staying = accounts.ToHashSet();
        _accountsConcluded = _accounts.Take(_accountsConcluded).Count(staying.Contains);
        _accounts.RemoveAll(account => !staying.Contains(account));
        _known.IntersectWith(staying);
        joining.ForEach(account => TryAdd(account));
        changes.Add(this);
        return true;
    }

    /// <summary>From now on these keys mark it.</summary>
    public void MarkBy(List<LinkEntry> keys)
    {
        if (!keys.SequenceEqual(_keys))
        {
            _keys.Clear();
            _keys.AddRange(keys);
            changes.Add(this);
        }
    }

    public void AddKey(LinkEntry key)
    {
        _keys.Add(key);
        changes.Add(this);
    }

    public void Raise(GroupFinding finding)
    {
        if (finding.Evidence > Evidence)
        {
            Evidence = finding.Evidence;
            (Content, Identity, Likeness, Probing) = (finding.Content, finding.Identity, finding.Likeness, finding.Probing);
            Company = finding.Company;
            changes.Add(this);
        }
    }

    public void Raise(CampaignState other)
    {
        if (other.Evidence > Evidence)
        {
            (Evidence, Content, Identity) = (other.Evidence, other.Content, other.Identity);
            (Likeness, Probing, Company) = (other.Likeness, other.Probing, other.Company);
            changes.Add(this);
        }
    }

    /// <summary>
    /// Its members are others than those whose group was convicted: what speaks against it is what speaks most against any of them.
    /// </summary>
    public void Rest(IEnumerable<LinkedAccount> members)
    {
        (Evidence, Content, Identity, Likeness, Probing, Company) = (0, 0, 0, 0, 0, 0);
        foreach (var member in members)
        {
            var group = member.Group;
            if (group.IsMember && group.Evidence > Evidence)
            {
                (Evidence, Identity, Likeness) = (group.Evidence, group.IdentityEvidence, group.LikenessEvidence);
                (Probing, Company) = (group.ProbingEvidence, 0);
                Content = group.Evidence - Identity - Likeness - Probing - group.PivotEvidence;
            }

            if (member.Company.Nats > Evidence)
            {
                (Evidence, Content, Identity, Likeness, Probing) = (member.Company.Nats, 0, 0, 0, 0);
                Company = Evidence;
            }
        }

        changes.Add(this);
    }

    /// <summary>It was part of another until now.</summary>
    public void BeginAs(CampaignState whole) => (_splitFrom, _wasPart, _activeMs) = (whole.Number, true, whole._activeMs);

    /// <summary>People found it to be this, as of a time.</summary>
    public void Find(RulingFinding finding, long atMs)
    {
        if (finding != _finding)
        {
            (_finding, _foundMs) = (finding, atMs);
            changes.Add(this);
        }
    }

    /// <summary>
    /// One of its accounts is at work. Once it fell silent and others took its place, its old accounts come back only if
    /// it was no ban: when one in ten did, whoever comes is a member like them.
    /// </summary>
    public void NoteActivity(long atMs, bool isOld)
    {
        if (_silentSinceMs < 0)
        {
            _activeMs = Math.Max(_activeMs, atMs);
        }
        else if (isOld && ++_returned * 10 > _accounts.Count)
        {
            (_silentSinceMs, _returned, _activeMs) = (-1, 0, atMs);
        }

        changes.Add(this);
    }

    /// <summary>Whether an account that came at this time takes the place of accounts that fell silent before.</summary>
    public bool IsSucceeded(long cameMs, long silenceMs)
    {
        if (_silentSinceMs < 0 && _activeMs > 0 && cameMs - _activeMs >= silenceMs)
        {
            _silentSinceMs = _activeMs;
            changes.Add(this);
        }

        return _silentSinceMs >= 0 && cameMs >= _silentSinceMs;
    }

    /// <summary>Writes all but the number.</summary>
    public void Write(StateWriter to)
    {
        to.PutDouble(Evidence);
        to.PutDouble(Content);
        to.PutDouble(Identity);
        to.PutDouble(Likeness);
        to.PutDouble(Probing);
        to.PutDouble(Company);
        to.PutInt64(_firstDetectedMs);
        to.PutCount(_exchangesAtDetection);
        to.PutCount(_version);
        to.PutCount(_accountsPublished);
        to.PutCount(_accountsConcluded);
        to.PutInt64(_publishedMs);
        to.PutInt64(_mergedInto);
        to.PutInt64(_activeMs);
        to.PutInt64(_silentSinceMs);
        to.PutCount(_returned);
        to.PutInt64(_splitFrom);
        to.PutBool(_wasPart);
        to.PutByte((byte)_finding);
        to.PutInt64(_foundMs);
        to.PutCount(_accounts.Count);
        _accounts.ForEach(account => to.PutCount(account));
        to.PutCount(_keys.Count);
        _keys.ForEach(key => to.PutUInt64(key.Key));
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader from, SharedKeys keys)
    {
        (Evidence, Content) = (from.TakeDouble(), from.TakeDouble());
        (Identity, Likeness, Probing) = (from.TakeDouble(), from.TakeDouble(), from.TakeDouble());
        Company = from.TakeDouble();
        _firstDetectedMs = from.TakeInt64();
        _exchangesAtDetection = from.TakeLong();
        _version = from.TakeCount();
        _accountsPublished = from.TakeCount();
        _accountsConcluded = from.TakeCount();
        _publishedMs = from.TakeInt64();
        _mergedInto = (int)from.TakeInt64();
        (_activeMs, _silentSinceMs) = (from.TakeInt64(), from.TakeInt64());
        _returned = from.TakeCount();
        _splitFrom = (int)from.TakeInt64();
        _wasPart = from.TakeBool();
        (_finding, _foundMs) = ((RulingFinding)from.TakeByte(), from.TakeInt64());
        for (var left = from.TakeCountOf(1); left > 0; left--)
        {
            _ = TryAdd(from.TakeCount());
        }

        for (var left = from.TakeCountOf(sizeof(ulong)); left > 0; left--)
        {
            if (keys.Find(from.TakeUInt64()) is { } key)
            {
                _keys.Add(key); // Keys of campaigns are never forgotten, so there is one.
            }
        }
    }

    private void Set<T>(ref T field, T value)
    {
        field = value;
        changes.Add(this);
    }
}
