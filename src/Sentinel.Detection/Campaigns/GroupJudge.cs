using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Judges the accounts that share one key. The key only says who belongs together; what convicts is what they ask for
/// and, where strangers share an instrument of identity, how unlikely such a pool is among innocents. Stateless but for
/// scratch space; owned by the lane's thread.
/// </summary>
internal sealed partial class GroupJudge(
    DetectionPolicy policy, LinkedAccounts accounts, Population population, Houses houses, RulingLens rulings)
{
    // With fewer accounts nobody can tell which keys are rare.
    private const int AccountsForRarityMin = 200;

    // A pool is alike when at most this share of strangers points as much its way as its median account does, and an
    // account belongs to it when at most that share does. People who chat in one language are alike up to a tenth.
    private const double PoolShareMax = 0.07;
    private const double AlikeShareMax = 0.15;
    private const double LikenessCountsFrom = 3;

    // One frame marks a pool when at least this share of its accounts send it.
    private const double CommonFrameShareMin = 0.6;

    private readonly ProbingJudge _probing = new(policy, population);
    private readonly HighestTwentieth _harvest = new(
        population, static (LinkedAccount account, out float upper) => HarvestRank.TryUpper(account.Profile, out upper),
        HarvestRank.InnocentWidths, HarvestRank.WidthMin, HarvestRank.OrdinaryMax);
    private readonly PivotJudge _pivot = new(policy, population);
    private readonly Dictionary<uint, (long Count, double Sum)> _contexts = [];
    private readonly Dictionary<LinkEntry, int> _frames = [];
    private readonly HashSet<int> _indices = [];
    private readonly List<LinkedAccount> _group = [];
    private double[] _evidence = new double[64];

    /// <summary>Looks at the sample of all accounts: once before groups are judged.</summary>
    public void Refresh()
    {
        _probing.Refresh();
        _harvest.Refresh();
        _visited.Clear();
    }

    /// <summary>What the group's evidence is; null when it is too small or its key groups nobody.</summary>
    public GroupFinding? Judge(LinkEntry key)
    {
        if (key.AccountCount < policy.CampaignAccountsMin || !Groups(key))
        {
            return null;
        }

        Collect(key);
        var innocents = key.Accounts.Count - _group.Count;
        if (innocents * 2 >= key.Accounts.Count || key.AccountCount - innocents < policy.CampaignAccountsMin)
        {
            return null;
        }

        // What a frame said is booked by frame: of what innocents sent with it their share is taken off.
        var share = innocents == 0 ? 1 : _group.Count / (double)key.Accounts.Count;
        var frame = key.Kind == LinkKind.Template
            ? ContentEvidence.OfContext(key.EvidenceSum * share, (long)(key.ExchangeCount * share))
            : 0;
        (_evenVolume, _usualShare, _startedWithin) = (null, -1, default);
        _tied.Clear();
        var ties = key.Kind == LinkKind.Template ? TieEvidence() : 0;
        if (key.Kind == LinkKind.Template && key.Campaign < 0
            && frame < policy.SuspectNats - Math.Max(policy.HandNatsMax, ties))
        {
            return null;
        }

        var content = key.Kind == LinkKind.Template ? frame : ContentOfGroup();
        var identity = Math.Max(IdentityEvidence(key), ties);
        Span<float> direction = stackalloc float[ContentScores.EmbeddingLength];

        // Those that send one frame are alike by it, and a pace that their frame made telling has had its say.
        var isPool = identity > 0 && key.Kind != LinkKind.Template && identity <= policy.PoolNats;
        var byContent = isPool && !SelectsContent(key.Kind) && TryDirection(direction) ? Likeness(direction) : 0;
        var common = isPool && key.Kind != LinkKind.Timing ? CommonFrame() : null;
        var byFrame = common is null ? 0 : FrameLikeness(common);
        var probing = isPool && key.Kind != LinkKind.Timing ? _probing.Judge(_group) : 0;
        var byRank = isPool && key.Kind != LinkKind.Timing ? RankEvidence() : 0;
        var pivot = isPool ? _pivot.Judge(_group) : 0;
        var pool = new PoolLikeness(byContent, byFrame, probing, byRank, pivot, common);
        return Sort(key, content, identity, pool, direction);
    }

    // Popular clients and addresses gather strangers; a group of them would make innocents answer for harvesters. The
    // same prompts tie campaigns together but make none, and a reasoning reference speaks for itself.
    private bool Groups(LinkEntry key) => key.Kind switch
    {
        LinkKind.Content or LinkKind.ReasoningReference => false,
        LinkKind.Tls or LinkKind.Address =>
            accounts.Total >= AccountsForRarityMin && key.AccountCount <= accounts.Total * policy.RareKeyShareMax,
        _ => true,
    };

    // Who shares an address is of one place and writes its language, and who shares a client uses one tool for what it is
    // made for: they ask more alike than strangers do whether or not anybody deals their requests out.
    private static bool SelectsContent(LinkKind kind) => kind is LinkKind.Address or LinkKind.Tls;

    // All but those whom a person ruled innocent: they neither convict the others nor are convicted with them.
    private void Collect(LinkEntry key)
    {
        _group.Clear();
        _indices.Clear();
        foreach (var index in key.Accounts)
        {
            if (!rulings.IsInnocent(accounts[index]))
            {
                _group.Add(accounts[index]);
                _indices.Add(index);
            }
        }
    }

    private GroupFinding Sort(
        LinkEntry key, double content, double identity, PoolLikeness pool, ReadOnlySpan<float> direction)
    {
        var members = new List<LinkedAccount>(_group.Count);
        var others = new List<LinkedAccount>();
        var isDealt = key.Kind == LinkKind.Template && content + identity >= policy.SuspectNats;
        foreach (var account in _group)
        {
            var behaves = content > 0 && account.Profile.ContentPeak >= policy.MemberNatsMin
                && account.Profile.PositiveCount >= policy.MemberShareMin * account.Profile.ExchangeCount
                && (content >= policy.SuspectNats || IsDealtTo(account, key));
            var hasFrame = pool.ByFrame >= LikenessCountsFrom && account.SharedKeys!.Contains(pool.Frame!);
            var keepsPace = key.Kind == LinkKind.Timing && identity > 0 && account.Profile.IsPaced;
            var isMember = behaves || hasFrame || keepsPace || _tied.Contains(account)
                || (isDealt && _evenVolume is not null && IsDealtTo(account, key))
                || (pool.ByPivot >= LikenessCountsFrom && account.Profile.Pivot.HasMoved)
                || (pool.ByProbing >= LikenessCountsFrom && _probing.Tries(account))
                || (pool.ByRank > 0 && _harvest.Has(account))
                || (pool.ByContent >= LikenessCountsFrom && IsAlike(account, direction));
            (isMember ? members : others).Add(account);
        }

        // Against the reference, or against all accounts: either is what they ask for. What tries techniques stands out too, and
        // counts once.
        content = pool.ByRank > 0 ? Math.Max(content, pool.ByRank - pool.ByProbing) : content;
        return new GroupFinding(key, content, identity, Math.Max(pool.ByContent, pool.ByFrame), pool.ByProbing, members, others)
        {
            Pivot = pool.ByPivot,
        };
    }

    private double RankEvidence()
    {
        var (high, all) = _harvest.Count(_group);
        return HarvestRank.Of(high, all, HighestTwentieth.Share, policy);
    }

    // Binomial log-likelihood ratio of the share that do something against the share that would anyway.
    private static double ShareRatio(double with, double all, double anyway)
    {
        var share = Math.Min(with / all, 0.95);
        return ShareEvidence.Ratio(with, all, share, anyway);
    }

    // All members' contexts as if they were one account's: a frame that many send is still one frame.
    private double ContentOfGroup()
    {
        _contexts.Clear();
        foreach (var account in _group)
        {
            var slots = account.Profile.Frames.InUse;
            for (var i = 0; i < slots.Length; i++)
            {
                if (slots[i].Count == 0)
                {
                    continue;
                }

                var known = _contexts.GetValueOrDefault(slots[i].Tags.Name);
                _contexts[slots[i].Tags.Name] = (known.Count + slots[i].Count, known.Sum + slots[i].EvidenceSum);
            }
        }

        if (_evidence.Length < _contexts.Count)
        {
            _evidence = new double[_contexts.Count * 2];
        }

        var next = 0;
        foreach (var (count, sum) in _contexts.Values)
        {
            _evidence[next++] = ContentEvidence.OfContext(sum, count);
        }

        return ContentEvidence.Combine(_evidence.AsSpan(0, next));
    }

    // One instrument and many strangers. The innocent explanations are tried first: one house, or a mere handful.
    private double IdentityEvidence(LinkEntry key)
    {
        if (houses.IsOne(_group))
        {
            return 0;
        }

        var isPool = key.AccountCount >= policy.PoolAccountsMin;
        return key.Kind switch
        {
            LinkKind.Timing => PaceEvidence(),
            var kind when LinkKinds.IsInstrument(kind) => isPool ? policy.PoolNats : policy.PoolNats * 0.4,

            // A client, an address or a frame says nothing of who somebody is: carriers and popular tools gather strangers.
            LinkKind.Tls or LinkKind.Address or LinkKind.Template => HandEvidence(key),
            _ => 0,
        };
    }

    private readonly record struct PoolLikeness(
        double ByContent, double ByFrame, double ByProbing, double ByRank, double ByPivot, LinkEntry? Frame);
}
