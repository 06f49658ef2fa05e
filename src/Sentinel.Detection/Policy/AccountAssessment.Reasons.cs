using System.Collections.Immutable;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Policy;

// What is said of an account: what it does, and why that is thought.
internal static partial class AccountAssessment
{
    private const double KindCountsFrom = 0.4;
    private const double ReasonNatsMin = 0.5;

    // Below this share of suspicious exchanges a pool collects answers to ordinary questions.
    private const double HarvestingShareMin = 0.5;

    /// <summary>What it does, most likely first; empty unless flagged.</summary>
    public static ImmutableArray<AbuseType> TypesOf(in AssessedAccount account, VerdictLevel level)
    {
        if (level < VerdictLevel.Suspect)
        {
            return [];
        }

        var types = ImmutableArray.CreateBuilder<AbuseType>();
        var group = account.Group;
        var isOrdinary = account.Profile.PositiveCount < HarvestingShareMin * account.Profile.ExchangeCount;
        if (group is { IsMember: true, ProbingEvidence: > 0 } && group.ProbingEvidence >= group.LikenessEvidence && isOrdinary)
        {
            types.Add(AbuseType.TechniqueProbing);
        }
        else if (group.IsMember && group.LikenessEvidence > 0 && isOrdinary)
        {
            types.Add(AbuseType.CapabilityHarvest);
        }
        else if (account is { Profile.PositiveCount: 0, ForeignReasoningRefs: > 0 })
        {
            types.Add(AbuseType.RelayHarvest); // Its content says nothing; other people's sessions pass through it.
        }
        else if (account is { Profile.PositiveCount: 0, Outputs.Foreign: > 0 })
        {
            types.Add(AbuseType.SyntheticData); // Captured answers go through the model once more.
        }
        else if (isOrdinary && RefusalEvidence.IsOften(account.Profile))
        {
            types.Add(AbuseType.TechniqueProbing);
        }
        else
        {
            AddKinds(account.Profile.KindSum, types);
        }

        if (group.IsMember && group.IdentityEvidence > 0)
        {
            types.Add(AbuseType.AccountFraud);
        }

        return types.ToImmutable();
    }

    /// <summary>Why, strongest first.</summary>
    public static ImmutableArray<Reason> ReasonsOf(
        in AssessedAccount account, ImmutableArray<AbuseType> types, DetectionPolicy policy)
    {
        var reasons = new List<Reason>();
        var profile = account.Profile;
        if (account.OwnContent >= ReasonNatsMin)
        {
            var kind = types.IsEmpty ? OfKind(TopKind(profile.KindSum)) : types[0];
            reasons.Add(new Reason(
                $"content.{WireNames.Of(kind)}",
                $"{profile.PositiveCount} of its {profile.ExchangeCount} exchanges {ReasonText.Of(kind)}",
                account.OwnContent));
        }

        if (account.OwnOutlier >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "content.outlier",
                "its most telling requests look more like harvesting than those of nearly all other accounts",
                account.OwnOutlier));
        }

        AddGroupReasons(account.Group, reasons);
        if (account.Company.Nats >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "campaign.company",
                $"{account.Company.Flagged} of {account.Company.All} accounts that regularly send one of its instruction frames are "
                + "flagged for something else",
                account.Company.Nats));
        }

        if (account.ForeignReasoningRefs > 0)
        {
            reasons.Add(new Reason(
                "reasoning_reference.replayed",
                $"it sent back {account.ForeignReasoningRefs} reasoning blocks that were issued to other accounts",
                ReferenceEvidence(account, policy)));
        }

        AddHabitReasons(account, policy, reasons);
        if (account.PredecessorId is { } predecessor)
        {
            reasons.Add(new Reason(
                "successor.campaign",
                $"it is new and took up what marked campaign {predecessor} after that one's accounts had fallen silent",
                policy.SuccessorNats));
        }

        if (account.Outputs.Foreign > 0)
        {
            reasons.Add(RecirculationEvidence.ReasonOf(account.Outputs, profile.ExchangeCount, policy));
        }

        reasons.Sort(static (left, right) => right.Weight != left.Weight
            ? right.Weight.CompareTo(left.Weight)
            : string.CompareOrdinal(left.Code, right.Code));
        return [.. reasons];
    }

    private static void AddHabitReasons(in AssessedAccount account, DetectionPolicy policy, List<Reason> reasons)
    {
        var replayed = account.Profile.ReplayedConversations;
        if (ReplayEvidence(account.Profile, policy) is >= ReasonNatsMin and var replay)
        {
            reasons.Add(new Reason(
                "reasoning_reference.other_conversation",
                $"it carried reasoning from one of its conversations into another {replayed} times", replay));
        }

        if (PivotOf(account) is >= ReasonNatsMin and var pivot)
        {
            reasons.Add(new Reason(
                "pivot.release", "it moved its traffic to a new model within a day of its release, as few accounts did", pivot));
        }

        if (RefusalsOf(account, policy) is >= ReasonNatsMin and var refusals)
        {
            reasons.Add(RefusalEvidence.ReasonOf(account.Profile, refusals));
        }

        if (account.OwnHabits >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "habits.unusual",
                "its hours, volume, clients, samples or length of answers are unusual among accounts of its plan", account.OwnHabits));
        }
    }

    private static void AddGroupReasons(GroupStanding group, List<Reason> reasons)
    {
        if (group.AccountCount < 2)
        {
            return;
        }

        var kind = LinkKinds.Names[(int)group.Kind];
        if (!group.IsMember)
        {
            reasons.Add(new Reason(
                $"shared.{kind}", $"{ReasonText.Sharing(group.Kind)} {group.AccountCount - 1} other accounts, "
                + "some of which harvest; its own exchanges do not show it", 0));
            return;
        }

        if (ContentOf(group) >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                $"campaign.{kind}",
                $"{ReasonText.Sharing(group.Kind)} {group.AccountCount - 1} other accounts, which harvest as it does",
                ContentOf(group)));
        }

        if (group.IdentityEvidence >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                $"pool.{kind}",
                $"{ReasonText.Sharing(group.Kind)} {group.AccountCount - 1} other accounts that have no organisation, "
                + "network or mail domain in common",
                group.IdentityEvidence));
        }

        if (group.ProbingEvidence >= ReasonNatsMin)
        {
            reasons.Add(ProbingEvidence.ReasonOf(group.ProbingEvidence));
        }

        if (group.LikenessEvidence >= ReasonNatsMin)
        {
            reasons.Add(new Reason(
                "pool.likeness",
                "the accounts of its pool ask for the same thing, far more alike than strangers do",
                group.LikenessEvidence));
        }
    }

    private static void AddKinds(ReadOnlySpan<float> sums, ImmutableArray<AbuseType>.Builder types)
    {
        Span<bool> taken = stackalloc bool[ContentKinds.Count];
        var top = sums[(int)TopKind(sums)];
        for (var rank = 0; rank < ContentKinds.Count; rank++)
        {
            var best = -1;
            for (var kind = 0; kind < ContentKinds.Count; kind++)
            {
                if (!taken[kind] && (best < 0 || sums[kind] > sums[best]))
                {
                    best = kind;
                }
            }

            if (rank > 0 && sums[best] < top * KindCountsFrom)
            {
                return;
            }

            taken[best] = true;
            types.Add(OfKind((ContentKind)best));
        }
    }

    private static ContentKind TopKind(ReadOnlySpan<float> sums)
    {
        var top = 0;
        for (var kind = 1; kind < ContentKinds.Count; kind++)
        {
            top = sums[kind] > sums[top] ? kind : top;
        }

        return (ContentKind)top;
    }

    private static AbuseType OfKind(ContentKind kind) => kind switch
    {
        ContentKind.ReasoningExtraction => AbuseType.ReasoningExtraction,
        ContentKind.GradingHarvest => AbuseType.GradingHarvest,
        ContentKind.SyntheticData => AbuseType.SyntheticData,
        ContentKind.CapabilityHarvest => AbuseType.CapabilityHarvest,
        ContentKind.DistributionHarvest => AbuseType.DistributionHarvest,
        ContentKind.InstructionExtraction => AbuseType.InstructionExtraction,
        ContentKind.TechniqueProbing => AbuseType.TechniqueProbing,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such content kind."),
    };
}
