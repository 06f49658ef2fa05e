using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// The campaigns of a lane: takes convicted groups in, joins those that are one, keeps their identities. A campaign
/// keeps its id while it grows. Of two that turn out to be one, the one that a person confirmed keeps it, else the larger, else
/// the older. What goes on with the keys of one that a person dismissed is another, which names it. Owned by the lane's thread.
/// </summary>
internal sealed class CampaignBoard(LinkedAccounts accounts, CampaignReport report, int accountsMin)
{
    // Two groups are one campaign when they share this much of the smaller one, or when strangers' pools ask the
    // same questions the same way.
    private const double OverlapMin = 0.5;
    private const float SameDirectionMin = 0.9f;
    private const int SamePromptsMin = 3;

    // A campaign's growth is published when it grew by a twentieth, or after an hour of event time.
    private const double GrowthPublished = 1.05;
    private static readonly long PublishAfterMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private static readonly long MergeAllAfterMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly List<CampaignState> _campaigns = [];
    private readonly HashSet<int> _changed = [];
    private readonly Dictionary<int, int> _tally = [];
    private long _mergedAllMs;

    /// <summary>Campaigns that changed since the last snapshot.</summary>
    public ChangeList<CampaignState> Changes { get; } = new();

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public IEnumerable<CampaignState> Standing => _campaigns.Where(static campaign => campaign.IsStanding);

    /// <summary>The campaign with this number, following mergers.</summary>
    public CampaignState this[int number]
    {
        get
        {
            var campaign = _campaigns[number];
            while (!campaign.IsStanding)
            {
                campaign = _campaigns[campaign.MergedInto];
            }

            return campaign;
        }
    }

    /// <summary>Takes a convicted group in: into the campaign that it overlaps most, or as a new one.</summary>
    public void Take(GroupFinding finding, long nowMs)
    {
        var campaign = finding.Key.Campaign >= 0 ? this[finding.Key.Campaign] : FindOverlapping(finding);
        var parent = -1;
        if (campaign?.Finding == RulingFinding.Innocent)
        {
            // What a person dismissed takes nobody in; who does the same and was not dismissed is another campaign.
            parent = campaign.Number;
            campaign = FindOverlapping(finding) is { Finding: not RulingFinding.Innocent } other ? other : null;
        }

        if (campaign is null)
        {
            if (finding.Members.Count(static member => member.Campaign < 0) < accountsMin)
            {
                return; // Accounts of several campaigns share one more key: nobody new belongs together.
            }

            campaign = new CampaignState(_campaigns.Count, Changes) { FirstDetectedMs = nowMs, SplitFrom = parent };
            _campaigns.Add(campaign);
        }

        foreach (var member in finding.Members)
        {
            if (member.Campaign < 0 && campaign.TryAdd(member.Index))
            {
                member.Campaign = campaign.Number;
                _changed.Add(campaign.Number);
            }
        }

        foreach (var key in finding.Keys)
        {
            if (key.Campaign < 0 || this[key.Campaign].Finding == RulingFinding.Innocent)
            {
                key.Campaign = campaign.Number;
                campaign.AddKey(key);
                _changed.Add(campaign.Number);
            }
        }

        campaign.Raise(finding);
        if (campaign.ExchangesAtDetection == 0)
        {
            campaign.ExchangesAtDetection = ExchangesOf(campaign);
        }
    }

    /// <summary>
    /// Joins campaigns that are one: looks at those that changed, and once an hour of event time at all, since prompts
    /// go on being shared after a campaign has stopped growing.
    /// </summary>
    public void Merge(long nowMs, bool isFinal)
    {
        var isFull = isFinal || nowMs - _mergedAllMs >= MergeAllAfterMs;
        if (isFull)
        {
            _mergedAllMs = nowMs;
        }

        foreach (var number in isFull ? [.. Standing.Select(static c => c.Number)] : _changed.Order().ToArray())
        {
            var campaign = _campaigns[number];
            while (campaign.IsStanding && FindTwin(campaign) is { } twin)
            {
                var (kept, other) = KeepsItsId(campaign, twin) ? (campaign, twin) : (twin, campaign);
                Absorb(kept, other);
                campaign = kept;
            }
        }
    }

    /// <summary>Writes out what changed; a campaign that only grew a little waits.</summary>
    public void Publish(long nowMs, long offset, bool isFinal, JudgeOutput output)
    {
        foreach (var number in _changed.Order().ToArray())
        {
            var campaign = _campaigns[number];
            var isDue = campaign.Version == 0 || !campaign.IsStanding || isFinal
                || campaign.Accounts.Count >= campaign.AccountsPublished * GrowthPublished
                || nowMs - campaign.PublishedMs >= PublishAfterMs;
            if (!isDue)
            {
                continue;
            }

            campaign.Version++;
            campaign.AccountsPublished = campaign.Accounts.Count;
            campaign.PublishedMs = nowMs;
            output.Campaigns.Add(report.Of(campaign, this, nowMs, offset));
            _changed.Remove(number);
        }
    }

    /// <summary>The campaigns that stand as records of this moment.</summary>
    public ImmutableArray<Campaign> Report(long nowMs, long offset) =>
        [.. Standing.Select(campaign => report.Of(campaign, this, nowMs, offset))];

    /// <summary>Writes what is not part of any campaign.</summary>
    public void Write(StateWriter to)
    {
        to.PutInt64(_mergedAllMs);
        to.PutCount(_changed.Count);
        foreach (var number in _changed.Order())
        {
            to.PutCount(number);
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader from)
    {
        _mergedAllMs = from.TakeInt64();
        _changed.Clear();
        for (var left = from.TakeCountOf(1); left > 0; left--)
        {
            _changed.Add(from.TakeCount());
        }
    }

    /// <summary>Puts the campaigns of a snapshot in their places.</summary>
    public void Restore(SortedDictionary<int, byte[]> campaigns, SharedKeys keys)
    {
        foreach (var (number, bytes) in campaigns)
        {
            if (number != _campaigns.Count)
            {
                throw new InvalidDataException("A snapshot leaves campaigns out.");
            }

            var campaign = new CampaignState(number, Changes);
            var reader = new StateReader(bytes);
            campaign.Read(ref reader, keys);
            _campaigns.Add(campaign);
        }
    }

    private long ExchangesOf(CampaignState campaign)
    {
        var sum = 0L;
        foreach (var index in campaign.Accounts)
        {
            sum += accounts[index].Profile.ExchangeCount;
        }

        return sum;
    }

    private CampaignState? FindOverlapping(GroupFinding finding)
    {
        _tally.Clear();
        foreach (var member in finding.Members)
        {
            if (member.Campaign >= 0)
            {
                var number = this[member.Campaign].Number;
                _tally[number] = _tally.GetValueOrDefault(number) + 1;
            }
        }

        CampaignState? best = null;
        var bestShared = 0;
        foreach (var (number, shared) in _tally)
        {
            var smaller = Math.Min(finding.Members.Count, _campaigns[number].Accounts.Count);
            if (shared >= OverlapMin * smaller
                && (shared > bestShared || (shared == bestShared && number < best!.Number)))
            {
                (best, bestShared) = (_campaigns[number], shared);
            }
        }

        return best;
    }

    // Pools of different instruments that send the same prompts in the same direction are one campaign's pools. Where
    // a frame convicted, the frame decides who belongs together, not the questions put into it.
    private CampaignState? FindTwin(CampaignState campaign)
    {
        if (campaign.Likeness <= 0 || campaign.Finding == RulingFinding.Innocent)
        {
            return null;
        }

        _tally.Clear();
        foreach (var index in campaign.Accounts)
        {
            foreach (var key in accounts[index].SharedKeys ?? [])
            {
                if (key.Kind is LinkKind.Content or LinkKind.Template)
                {
                    CountOthers(campaign, key);
                }
            }
        }

        CampaignState? twin = null;
        foreach (var (number, count) in _tally)
        {
            if (count >= SamePromptsMin && _campaigns[number] is { Likeness: > 0, Finding: not RulingFinding.Innocent } && (twin is null || number < twin.Number)
                && IsSameDirection(campaign, _campaigns[number]))
            {
                twin = _campaigns[number];
            }
        }

        return twin;
    }

    private void CountOthers(CampaignState campaign, LinkEntry key)
    {
        foreach (var other in key.Accounts)
        {
            if (accounts[other].Campaign >= 0 && this[accounts[other].Campaign] is var owner && owner != campaign)
            {
                _tally[owner.Number] = _tally.GetValueOrDefault(owner.Number) + 1;
                return; // One count a key: many keys make a twin, not one popular prompt.
            }
        }
    }

    private bool IsSameDirection(CampaignState left, CampaignState right)
    {
        Span<float> one = stackalloc float[ContentScores.EmbeddingLength];
        Span<float> two = stackalloc float[ContentScores.EmbeddingLength];
        AddDirections(left, one);
        AddDirections(right, two);
        var norm = MathF.Sqrt(Population.Dot(one, one) * Population.Dot(two, two));
        return norm > 1e-6f && Population.Dot(one, two) / norm >= SameDirectionMin;
    }

    private void AddDirections(CampaignState campaign, Span<float> sum)
    {
        Span<float> unit = stackalloc float[ContentScores.EmbeddingLength];
        foreach (var index in campaign.Accounts)
        {
            if (!accounts[index].Profile.TryDirection(unit))
            {
                continue;
            }

            for (var i = 0; i < unit.Length; i++)
            {
                sum[i] += unit[i];
            }
        }
    }

    private static bool KeepsItsId(CampaignState one, CampaignState other)
    {
        var (isConfirmed, otherIs) = (one.Finding == RulingFinding.Confirmed, other.Finding == RulingFinding.Confirmed);
        return isConfirmed != otherIs ? isConfirmed
            : one.Accounts.Count != other.Accounts.Count ? one.Accounts.Count > other.Accounts.Count
            : one.Number < other.Number;
    }

    private void Absorb(CampaignState kept, CampaignState other)
    {
        foreach (var index in other.Accounts)
        {
            kept.TryAdd(index);
            accounts[index].Campaign = kept.Number;
        }

        foreach (var key in other.Keys)
        {
            key.Campaign = kept.Number;
            kept.AddKey(key);
        }

        kept.Raise(other);
        kept.FirstDetectedMs = Math.Min(kept.FirstDetectedMs, other.FirstDetectedMs);
        other.MergedInto = kept.Number;
        _changed.Add(kept.Number);
        _changed.Add(other.Number);
    }
}
