using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// The campaigns of a lane: takes convicted groups in, tells campaigns apart, keeps their identities. A campaign
/// keeps its id while it grows. Of two that turn out to be one, the one that a person confirmed keeps it, else the larger, else
/// the older; of one that turns out to be two, the larger part does, and the other names it. What goes on with the keys of one that a
/// person dismissed is another, which names it. Owned by the lane's thread.
/// </summary>
internal sealed partial class CampaignBoard(LinkedAccounts accounts, CampaignReport report, int accountsMin)
{
    // Until campaigns are told apart again, a group that shares this much of the smaller one is of a campaign.
    private const double OverlapMin = 0.5;

    // A campaign's growth is published when it grew by a twentieth, or after an hour of event time.
    private const double GrowthPublished = 1.05;
    private static readonly long PublishAfterMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private static readonly long RearrangeAfterMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly List<CampaignState> _campaigns = [];
    private readonly HashSet<int> _changed = [];
    private readonly Dictionary<int, int> _tally = [];
    private readonly CampaignPartition _partition = new(accounts, accountsMin);
    private long _rearrangedMs;

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

    /// <summary>Writes out what changed; a campaign that only grew a little waits.</summary>
    public void Publish(long nowMs, long offset, bool isFinal, JudgeOutput output)
    {
        foreach (var number in _changed.Order().ToArray())
        {
            var campaign = _campaigns[number];
            var isDue = campaign.Version == 0 || !campaign.IsStanding || isFinal || campaign.Accounts.Count < campaign.AccountsPublished
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
        to.PutInt64(_rearrangedMs);
        to.PutCount(_changed.Count);
        foreach (var number in _changed.Order())
        {
            to.PutCount(number);
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader from)
    {
        _rearrangedMs = from.TakeInt64();
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
        CampaignState? best = null;
        var bestShared = 0;
        foreach (var (number, shared) in Tally(finding.Members.Select(static member => member.Index)))
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
}
