using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

// Which campaigns are one, and which are several: a group is taken in as it is found, and what it belongs to shows later.
internal sealed partial class CampaignBoard
{
    /// <summary>
    /// Tells campaigns apart, once an hour of event time, since their accounts go on sharing: those that are one merge, and one that
    /// is several splits.
    /// </summary>
    public void Rearrange(long nowMs, bool isFinal)
    {
        if (!isFinal && nowMs - _rearrangedMs < RearrangeAfterMs)
        {
            return;
        }

        _rearrangedMs = nowMs;
        var before = Standing.Where(static campaign => campaign.Finding != RulingFinding.Innocent).ToList();
        var parts = _partition.Of(before);
        var owners = Match(parts, nowMs);
        foreach (var campaign in before.Except(owners))
        {
            MergeInto(MostOf(campaign.Accounts), campaign);
        }

        foreach (var (part, owner) in parts.Zip(owners))
        {
            var isOther = owner.Version == 0 || owner.Accounts.Any(index => accounts[index].Campaign != owner.Number);
            if (owner.Hold(part))
            {
                _changed.Add(owner.Number);
                if (isOther)
                {
                    owner.Rest(part.Select(index => accounts[index]));
                }
            }

            if (owner.ExchangesAtDetection == 0)
            {
                owner.ExchangesAtDetection = ExchangesOf(owner);
            }
        }

        DealKeys(before, owners);
    }

    // Who keeps which identity: the campaign that a person confirmed goes on first, then as many accounts as can stay do.
    private List<CampaignState> Match(List<List<int>> parts, long nowMs)
    {
        var shared = new List<(int Part, CampaignState Campaign, int Accounts)>();
        for (var part = 0; part < parts.Count; part++)
        {
            foreach (var (number, count) in Tally(parts[part]))
            {
                shared.Add((part, _campaigns[number], count));
            }
        }

        shared.Sort(static (left, right) =>
            (right.Campaign.Finding == RulingFinding.Confirmed).CompareTo(left.Campaign.Finding == RulingFinding.Confirmed) is not 0 and var found
                ? found
                : right.Accounts != left.Accounts ? right.Accounts.CompareTo(left.Accounts)
                : left.Campaign.Number != right.Campaign.Number ? left.Campaign.Number.CompareTo(right.Campaign.Number)
                : left.Part.CompareTo(right.Part));
        var owners = new CampaignState?[parts.Count];
        var taken = new HashSet<CampaignState>();
        foreach (var (part, campaign, _) in shared)
        {
            if (owners[part] is null && taken.Add(campaign))
            {
                owners[part] = campaign;
            }
        }

        for (var part = 0; part < parts.Count; part++)
        {
            owners[part] ??= SplitOff(MostOf(parts[part]), nowMs);
            foreach (var index in parts[part])
            {
                accounts[index].Campaign = owners[part]!.Number;
            }
        }

        return [.. owners.OfType<CampaignState>()];
    }

    private CampaignState SplitOff(CampaignState whole, long nowMs)
    {
        var campaign = new CampaignState(_campaigns.Count, Changes) { FirstDetectedMs = nowMs };
        campaign.BeginAs(whole);
        _campaigns.Add(campaign);
        return campaign;
    }

    private void MergeInto(CampaignState kept, CampaignState other)
    {
        kept.Raise(other);
        kept.FirstDetectedMs = Math.Min(kept.FirstDetectedMs, other.FirstDetectedMs);
        other.MergedInto = kept.Number;
        _changed.Add(other.Number);
    }

    // A key marks the campaign that most of its accounts are of; of two the one that it marked before.
    private void DealKeys(List<CampaignState> before, List<CampaignState> after)
    {
        var keysOf = after.ToDictionary(static campaign => campaign, static _ => new List<LinkEntry>());
        foreach (var key in before.SelectMany(static campaign => campaign.Keys).Distinct())
        {
            var owner = this[key.Campaign];
            var most = 0;
            foreach (var (number, count) in Tally(key.Accounts))
            {
                if (keysOf.ContainsKey(_campaigns[number]) && (count > most || (count == most && number == key.Campaign)))
                {
                    (owner, most) = (_campaigns[number], count);
                }
            }

            if (key.Campaign != owner.Number)
            {
                key.Campaign = owner.Number;
            }

            keysOf.GetValueOrDefault(owner)?.Add(key); // One of a dismissed campaign has none.
        }

        foreach (var (campaign, keys) in keysOf)
        {
            campaign.MarkBy(keys);
        }
    }

    private CampaignState MostOf(IEnumerable<int> indices) =>
        _campaigns[Tally(indices).MaxBy(static pair => (pair.Value, -pair.Key)).Key];

    // How many accounts each standing campaign has of these.
    private Dictionary<int, int> Tally(IEnumerable<int> indices)
    {
        _tally.Clear();
        foreach (var index in indices)
        {
            if (accounts[index].Campaign >= 0)
            {
                var number = this[accounts[index].Campaign].Number;
                _tally[number] = _tally.GetValueOrDefault(number) + 1;
            }
        }

        return _tally;
    }
}
