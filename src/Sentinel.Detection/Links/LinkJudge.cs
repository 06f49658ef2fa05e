using System.Runtime.InteropServices;

namespace Sentinel.Detection.Links;

/// <summary>
/// Which accounts share which of the keys of one partition. A key costs 16 bytes until a second account uses it, and
/// what it told about a shared key is what changed. Owned by the lane's thread.
/// </summary>
internal sealed class LinkJudge(int sharedKeysMax, int sightingsMax)
{
    private readonly Dictionary<ulong, LinkGroup> _groups = [];
    private readonly Sightings _sightings = new(sightingsMax);
    private readonly Sightings _issued = new(sightingsMax);
    private readonly List<LinkGroup> _changed = [];

    /// <summary>Keys that are shared.</summary>
    public int SharedKeyCount => _groups.Count;

    /// <summary>Books that an account met a key.</summary>
    public void Book(Sighting sighting)
    {
        switch (sighting.Role)
        {
            case SightingRole.Issued:
                _issued.FirstOrAdd(sighting.Key, sighting.Account);
                break;
            case SightingRole.Presented:
                // A reference that one account was handed and another one presents ties the two.
                if (_issued.Find(sighting.Key) is not 0 and var issuer && issuer != sighting.Account)
                {
                    Join(GroupOf(sighting, issuer), sighting);
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
        foreach (var group in CollectionsMarshal.AsSpan(_changed))
        {
            changes.Add(group.Change);
            group.Change = default;
            group.IsChanged = false;
        }

        _changed.Clear();
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
            change.Members.Add(new EdgeMember(sighting.Account, sighting.Offset, sighting.AtMs));
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
            }
        }
    }
}
