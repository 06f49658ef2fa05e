using System.Collections.Immutable;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

/// <summary>Writes a campaign's state out as a record with its links, frame and reasons. Owned by the lane.</summary>
internal sealed class CampaignReport(DetectionPolicy policy, LinkedAccounts accounts, ExcerptBook excerpts)
{
    private const double ReasonNatsMin = 0.5;
    private const int FrameAccountsMin = 3;
    private const double FrameShareMin = 0.3;

    /// <summary>The record of a campaign as of now.</summary>
    public Campaign Of(CampaignState campaign, CampaignBoard board, long nowMs, long offset)
    {
        var members = new List<LinkedAccount>(campaign.Accounts.Count);
        var exchanges = 0L;
        foreach (var index in campaign.Accounts)
        {
            members.Add(accounts[index]);
            exchanges += accounts[index].Profile.ExchangeCount;
        }

        var keys = SharedKeysOf(campaign, members);
        var types = TypesOf(members);
        return new Campaign(
            campaign.Id,
            campaign.Version,
            [.. members.Select(static member => member.Profile.Id).Order(StringComparer.Ordinal)],
            // A group whose members were convicted one by one is as sure as they are, whatever it says as a group.
            AccountAssessment.RiskOf(Math.Max(campaign.Evidence, policy.SuspectNats), policy),
            types,
            DateTimeOffset.FromUnixTimeMilliseconds(campaign.FirstDetectedMs),
            campaign.ExchangesAtDetection,
            exchanges,
            TemplateOf(campaign, keys),
            LinksOf(campaign, keys),
            ReasonsOf(campaign, members.Count, types),
            policy.Version,
            offset,
            DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
            campaign.IsStanding ? null : board[campaign.MergedInto].Id);
    }

    // Keys by how many members use them; a key that one member uses ties nobody.
    private static List<(LinkEntry Key, int Members)> SharedKeysOf(CampaignState campaign, List<LinkedAccount> members)
    {
        var counts = new Dictionary<LinkEntry, int>();
        foreach (var member in members)
        {
            foreach (var key in member.SharedKeys ?? [])
            {
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        var shared = new List<(LinkEntry Key, int Members)>();
        foreach (var (key, count) in counts)
        {
            // A key that mostly others use is no mark of this campaign: a carrier's address, a popular client. And two
            // accounts that sent one prompt alike have no frame in common yet.
            var isFrame = key.Kind != LinkKind.Template || count >= FrameAccountsMin;
            var isMark = count * 2 >= key.AccountCount || campaign.Keys.Contains(key);
            if (count >= 2 && isMark && isFrame)
            {
                shared.Add((key, count));
            }
        }

        shared.Sort(static (left, right) => right.Members != left.Members
            ? right.Members.CompareTo(left.Members)
            : left.Key.Key.CompareTo(right.Key.Key));
        return shared;
    }

    private ImmutableArray<CampaignLink> LinksOf(CampaignState campaign, List<(LinkEntry Key, int Members)> keys)
    {
        var links = new List<CampaignLink>();
        for (var kind = 0; kind < LinkKinds.Count; kind++)
        {
            var tied = new HashSet<int>();
            var strength = 0.0;
            foreach (var (key, members) in keys)
            {
                if (key.Kind != (LinkKind)kind)
                {
                    continue;
                }

                strength = Math.Max(strength, Surprise(key.AccountCount, members));
                foreach (var account in key.Accounts)
                {
                    if (campaign.Contains(account))
                    {
                        tied.Add(account);
                    }
                }
            }

            if (tied.Count >= 2)
            {
                links.Add(new CampaignLink((LinkKind)kind, tied.Count, strength));
            }
        }

        links.Sort(static (left, right) => right.Strength != left.Strength
            ? right.Strength.CompareTo(left.Strength)
            : left.Kind.CompareTo(right.Kind));
        return [.. links];
    }

    // How surprising it is that two given accounts share a key which so few of all accounts use, nats.
    private double Surprise(int accountCount, int members) =>
        Math.Max(0, 2 * Math.Log(accounts.Total / (double)accountCount)) * (1 - (1.0 / members));

    // Of the anchors that many members share, the one with the longest text says most. Only members' own words count.
    private string? TemplateOf(CampaignState campaign, List<(LinkEntry Key, int Members)> keys)
    {
        string? longest = null;
        foreach (var (key, members) in keys)
        {
            if (key.Kind == LinkKind.Template && members >= campaign.Accounts.Count * FrameShareMin
                && FrameText.Of(MembersExcerpts(campaign, key)) is { } text && text.Length > (longest?.Length ?? 0))
            {
                longest = text;
                excerpts.Pin(key.Key);
            }
        }

        return longest;
    }

    private List<string> MembersExcerpts(CampaignState campaign, LinkEntry key)
    {
        var texts = new List<string>(ExcerptBook.OfFrameMax);
        foreach (var (account, text) in excerpts.Of(key.Key))
        {
            if (accounts.Find(account) is { } known && campaign.Contains(known.Index))
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static ImmutableArray<AbuseType> TypesOf(List<LinkedAccount> members)
    {
        var counts = new int[WireNames.AbuseTypes.Length];
        foreach (var member in members)
        {
            var types = AccountAssessment.TypesOf(Assess(member), VerdictLevel.Suspect);
            for (var i = 0; i < types.Length; i++)
            {
                counts[(int)types[i]] += i == 0 ? 2 : 1;
            }
        }

        var common = new List<AbuseType>();
        for (var type = 0; type < counts.Length; type++)
        {
            if (counts[type] * 3 >= members.Count)
            {
                common.Add((AbuseType)type);
            }
        }

        common.Sort((left, right) => counts[(int)right] != counts[(int)left]
            ? counts[(int)right].CompareTo(counts[(int)left])
            : left.CompareTo(right));
        return [.. common];
    }

    private static AssessedAccount Assess(LinkedAccount member) => new(
        member.Profile, member.Group, member.ForeignReasoningRefs, member.Outputs, null, null, member.Level, -1, -1);

    private static ImmutableArray<Reason> ReasonsOf(
        CampaignState campaign, int memberCount, ImmutableArray<AbuseType> types)
    {
        var reasons = new List<Reason>();
        if (campaign.Content >= ReasonNatsMin && !types.IsEmpty)
        {
            reasons.Add(new Reason(
                $"content.{WireNames.Of(types[0])}",
                $"exchanges of its {memberCount} accounts {ReasonText.Of(types[0])}",
                campaign.Content));
        }

        if (campaign.Identity >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "pool.strangers",
                "its accounts share an instrument of identity and have no organisation, network or mail domain in common",
                campaign.Identity));
        }

        if (campaign.Likeness >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "pool.likeness",
                "its accounts ask for the same thing, far more alike than strangers do",
                campaign.Likeness));
        }

        if (campaign.Company >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "campaign.company",
                "of those who regularly send its frame far more are flagged for something else than of any innocents who share one",
                campaign.Company));
        }

        if (campaign.Probing >= ReasonNatsMin)
        {
            reasons.Add(ProbingEvidence.ReasonOf(campaign.Probing));
        }

        reasons.Sort(static (left, right) => right.Weight.CompareTo(left.Weight));
        if (campaign.SplitFrom >= 0)
        {
            reasons.Add(new Reason(
                "campaign.split",
                campaign.WasPart
                    ? $"it was part of campaign {CampaignState.IdOf(campaign.SplitFrom)} until its accounts turned out to be tied to each other more than to the others"
                    : $"it goes on with what marked campaign {CampaignState.IdOf(campaign.SplitFrom)}, which a person dismissed",
                0));
        }

        return [.. reasons];
    }
}
