using System.Runtime.InteropServices;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// Which accounts share which of the keys of one partition. A key costs 16 bytes until a second account uses it, and
/// what it told about a shared key is what changed. Owned by the lane's thread.
/// </summary>
internal sealed class LinkJudge(int sharedKeysMax, int sightingsMax, int referencesMax, int outputBandsMax) : ISegmentVisitor
{
    private readonly Dictionary<ulong, LinkGroup> _groups = [];
    private readonly Sightings _sightings = new(sightingsMax);
    private readonly Sightings _issued = new(referencesMax);
    private readonly OutputJudge _outputs = new(outputBandsMax);
    private const byte GroupsSection = 1;
    private const byte SightingsSection = 2;
    private const byte IssuedSection = 3;
    private const byte OutputsSection = 4;

    private readonly List<LinkGroup> _changed = [];
    private readonly ChangeList<LinkGroup> _unsaved = new();
    private readonly List<ulong> _forgotten = [];
    private readonly List<Sighting> _unexplained = [];

    /// <summary>Keys that are shared.</summary>
    public int SharedKeyCount => _groups.Count;

    /// <summary>Books that an account met a key.</summary>
    public void Book(Sighting sighting)
    {
        switch (sighting.Role)
        {
            case var _ when sighting.Kind == LinkKind.Recirculation:
                _outputs.Book(sighting);
                break;
            case SightingRole.Issued:
                _issued.FirstOrAdd(sighting.Key, sighting.Account);
                break;
            case SightingRole.Presented:
                if (!TryTie(sighting))
                {
                    _unexplained.Add(sighting); // Within a tick lanes have no order: who was handed it may follow.
                }

                break;
            default:
                BookUse(sighting);
                break;
        }
    }

    /// <summary>Books how often a frame was sent; nothing happens while only one account sends it.</summary>
    public void Book(FrameUse use)
    {
        if (_groups.TryGetValue(use.Key, out var group))
        {
            var change = ChangeOf(group);
            group.LastSeenMs = Math.Max(group.LastSeenMs, use.LastSeenMs);
            group.Change = change with
            {
                ExchangesMore = change.ExchangesMore + use.Count,
                EvidenceMore = change.EvidenceMore + use.EvidenceSum,
                IsPositive = change.IsPositive || use.IsPositive,
                LastSeenMs = group.LastSeenMs,
            };
        }
    }

    /// <summary>Hands over what changed, in the order in which it first did, and begins anew.</summary>
    public void TakeChanges(List<EdgeChange> changes)
    {
        _unexplained.ForEach(sighting => TryTie(sighting));
        _unexplained.Clear();
        foreach (var group in CollectionsMarshal.AsSpan(_changed))
        {
            _unsaved.Add(group);
            changes.Add(group.Change);
            group.Change = default;
            group.IsChanged = false;
        }

        _changed.Clear();
        _outputs.TakeChanges(changes);
    }

    /// <summary>Keys that wait for the next snapshot: each takes 16 bytes until then.</summary>
    public int UnsavedCount =>
        _sightings.Log.UnsavedCount + _issued.Log.UnsavedCount + _outputs.Log.UnsavedCount;

    /// <summary>From now on remembers what changed.</summary>
    public void TrackChanges() =>
        _unsaved.IsOn = _sightings.Log.IsOn = _issued.Log.IsOn = _outputs.Log.IsOn = true;

    /// <summary>Writes what changed since the last call; what changed in the present tick must have been taken.</summary>
    public void Save(SegmentWriter to)
    {
        foreach (var key in _forgotten)
        {
            to.Keyed(GroupsSection, key, []);
        }

        var writer = new StateWriter();
        foreach (var group in _unsaved.Items)
        {
            if (!_groups.TryGetValue(group.Key, out var known) || known != group)
            {
                continue;
            }

            writer.Clear();
            writer.PutByte((byte)group.Kind);
            writer.PutInt64(group.LastSeenMs);
            writer.PutCount(group.Accounts.Count);
            group.Accounts.ForEach(writer.PutUInt64);
            to.Keyed(GroupsSection, group.Key, writer.Written);
        }

        _forgotten.Clear();
        _unsaved.Clear();
        _sightings.Log.Save(to, SightingsSection, _sightings.GenerationMax);
        _issued.Log.Save(to, IssuedSection, _issued.GenerationMax);
        _outputs.Log.Save(to, OutputsSection, _outputs.GenerationMax);
    }

    public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value) => Restore(key, value);

    public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items)
    {
        if (section == OutputsSection)
        {
            _outputs.Log.Load(start, items, _outputs.Redo);
            return;
        }

        var sightings = section == SightingsSection ? _sightings : _issued;
        sightings.Log.Load(start, items, sightings.Insert);
    }

    public void Single(byte section, ReadOnlySpan<byte> value) =>
        throw new InvalidDataException("Link lanes keep no such value.");

    // A reference that one account was handed and another one presents ties the two.
    private bool TryTie(Sighting sighting)
    {
        var issuer = _issued.Find(sighting.Key);
        if (issuer == 0)
        {
            return false;
        }

        if (issuer != sighting.Account)
        {
            Join(GroupOf(sighting, issuer), sighting);
        }

        return true;
    }

    private void BookUse(Sighting sighting)
    {
        if (!_groups.TryGetValue(sighting.Key, out var group))
        {
            var first = _sightings.FirstOrAdd(sighting.Key, sighting.Account);
            if (first == sighting.Account)
            {
                return;
            }

            group = GroupOf(sighting, first);
        }

        Join(group, sighting);
    }

    // The group of the key; a new one has its first account as a member.
    private LinkGroup GroupOf(Sighting sighting, ulong firstAccount)
    {
        if (_groups.TryGetValue(sighting.Key, out var known))
        {
            return known;
        }

        if (_groups.Count == sharedKeysMax)
        {
            ForgetColdest();
        }

        var group = new LinkGroup(sighting.Kind, sighting.Key);
        _groups.Add(sighting.Key, group);
        Join(group, sighting with { Account = firstAccount });
        return group;
    }

    private void Join(LinkGroup group, Sighting sighting)
    {
        group.LastSeenMs = Math.Max(group.LastSeenMs, sighting.AtMs);
        if (group.Accounts.Contains(sighting.Account))
        {
            return;
        }

        var change = ChangeOf(group);
        if (group.Accounts.Count < LinkEntry.AccountsMax)
        {
            group.Accounts.Add(sighting.Account);
            change = change with { Members = change.Members ?? [] };
            change.Members.Add(new EdgeMember(
                sighting.Account, sighting.Partition, sighting.Offset, sighting.AtMs));
        }

        group.Change = change with { AccountsMore = change.AccountsMore + 1, LastSeenMs = group.LastSeenMs };
    }

    private EdgeChange ChangeOf(LinkGroup group)
    {
        if (!group.IsChanged)
        {
            group.IsChanged = true;
            group.Change = new EdgeChange(group.Kind, group.Key, 0, 0, 0, false, group.LastSeenMs, null);
            _changed.Add(group);
        }

        return group.Change;
    }

    // Half of the shared keys go, those not used for longest. What the campaigns lane knows of them stays there.
    private void ForgetColdest()
    {
        var times = new List<long>(_groups.Count);
        foreach (var group in _groups.Values)
        {
            times.Add(group.LastSeenMs);
        }

        times.Sort();
        var cut = times[times.Count / 2];
        foreach (var (key, group) in _groups)
        {
            if (group.LastSeenMs <= cut && !group.IsChanged)
            {
                _groups.Remove(key);
                if (_unsaved.IsOn)
                {
                    _forgotten.Add(key);
                }
            }
        }
    }

    private void Restore(ulong key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _groups.Remove(key);
            return;
        }

        var reader = new StateReader(value);
        var kind = (LinkKind)reader.TakeByte();
        var group = new LinkGroup(kind, key) { LastSeenMs = reader.TakeInt64() };
        for (var left = reader.TakeCountOf(sizeof(ulong)); left > 0; left--)
        {
            group.Accounts.Add(reader.TakeUInt64());
        }

        _groups[key] = group;
    }
}
