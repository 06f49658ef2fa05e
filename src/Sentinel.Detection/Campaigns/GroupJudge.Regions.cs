using System.Runtime.InteropServices;
using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

/// <content>Pools that no single key holds together: accounts tied by several instruments of identity, some by one of them, some
/// by another.</content>
internal sealed partial class GroupJudge
{
    private const int RegionAccountsMax = 512;
    private const int RegionKeysMin = 3;

    private readonly HashSet<LinkEntry> _visited = []; // Keys of this judging that are part of a region already.
    private readonly Dictionary<LinkedAccount, double> _pull = [];
    private readonly List<LinkEntry> _regionKeys = [];
    private readonly List<LinkedAccount> _keyAccounts = [];
    private readonly HashSet<LinkedAccount> _inRegion = [];

    /// <summary>
    /// What the evidence of the region around a key is; null where there is none beyond the key's own group. A region grows from
    /// account to account over instruments of identity, each pulling by how rare it is, so that what many have pulls hardly
    /// anybody; it ends at <see cref="RegionAccountsMax"/>. The ties select its accounts, so they only tell that they are strangers in
    /// one pool, as one instrument would; what they ask for convicts, and those who ask for it.
    /// </summary>
    public GroupFinding? JudgeRegion(LinkEntry key)
    {
        if (!LinkKinds.IsInstrument(key.Kind) || key.IsForgotten || _visited.Contains(key) || accounts.Total < AccountsForRarityMin)
        {
            return null;
        }

        Grow(key);
        var kinds = 0;
        LinkEntry main = key;
        foreach (var one in _regionKeys)
        {
            kinds |= 1 << (int)one.Kind;
            main = one.AccountCount > main.AccountCount ? one : main;
        }

        if (int.IsPow2(kinds) || _regionKeys.Count < RegionKeysMin || _group.Count < policy.AlikeAccountsMin || houses.IsOne(_group))
        {
            return null;
        }

        (_evenVolume, _usualShare, _startedWithin) = (null, -1, default);
        _tied.Clear();
        var byRank = RankEvidence();
        var probing = _probing.Judge(_group);
        var pool = new PoolLikeness(0, 0, probing, byRank, _pivot.Judge(_group), null);
        return Sort(main, ContentOfGroup(), policy.PoolNats, pool, default) with { Keys = [.. _regionKeys] };
    }

    // Fills the group with the region. Of two accounts that come to it at once the one whose key was met first is first.
    private void Grow(LinkEntry from)
    {
        _group.Clear();
        _indices.Clear();
        _inRegion.Clear();
        _pull.Clear();
        _regionKeys.Clear();
        var pullMin = -Math.Log(policy.RareKeyShareMax);
        Expand(from, pullMin, isFirst: true);
        for (var next = 0; next < _group.Count; next++)
        {
            foreach (var key in _group[next].SharedKeys ?? [])
            {
                if (_group.Count < RegionAccountsMax && LinkKinds.IsInstrument(key.Kind))
                {
                    Expand(key, pullMin, isFirst: false);
                }
            }
        }
    }

    private void Expand(LinkEntry key, double pullMin, bool isFirst)
    {
        if (_visited.Contains(key))
        {
            return;
        }

        _keyAccounts.Clear();
        foreach (var index in key.Accounts)
        {
            if (!rulings.IsInnocent(accounts[index]))
            {
                _keyAccounts.Add(accounts[index]);
            }
        }

        _visited.Add(key);
        if (_keyAccounts.Count < 2 || houses.IsOne(_keyAccounts))
        {
            return;
        }

        _regionKeys.Add(key);
        var weight = Math.Log(accounts.Total / (double)key.AccountCount);
        foreach (var account in _keyAccounts)
        {
            ref var pull = ref CollectionsMarshal.GetValueRefOrAddDefault(_pull, account, out _);
            pull += weight;
            if ((isFirst || pull >= pullMin) && _group.Count < RegionAccountsMax && _inRegion.Add(account))
            {
                _group.Add(account);
                _indices.Add(account.Index);
            }
        }
    }
}
