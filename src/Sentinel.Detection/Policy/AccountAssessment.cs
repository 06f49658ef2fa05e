using System.Collections.Immutable;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Policy;

/// <summary>
/// Fuses what is known of an account into level, risk, action, abuse types and reasons. Pure: the same account and
/// policy give the same answer; more evidence never lowers the level.
/// </summary>
internal static partial class AccountAssessment
{
    // e^25 at odds of 1:1000 is a risk of 0.99999999: beyond it nothing is ordered any more.
    private const double EvidenceMax = 25;

    // Of those without a level most have contexts that stand just below 0: by those alone an order among them is mostly of how
    // many they have. The logits of their most telling requests tell them apart: by those four in five of held-out pipelines' accounts lie
    // above 99 % of innocents, by the same contexts' evidence fewer (area 0.95 and 0.86 under the curve).
    private const double UpperWeight = 4;

    // Many stand out as far as counts. What their own content says tells them apart, and is too little to put anybody before who has
    // more: of held-out single accounts 55 % lie above the riskiest innocent of each fold, by evidence alone 47 %.
    private const double WeakerWeight = 0.01;

    // Both may rest on the same requests, so what an account's own content says counts half beside its company.
    private const double OwnBesideCompany = 0.5;

    // Fewer may be two forks of one conversation.
    private const int ReplaysMin = 3;

    private static ReadOnlySpan<double> ReplayShares => [0.03, 0.1, 0.3, 0.9];

    /// <summary>All evidence against an account, nats.</summary>
    public static double Evidence(in AssessedAccount account, DetectionPolicy policy)
    {
        var group = account.Group;
        var own = OwnContentOf(account);
        var company = Math.Min(account.Company.Nats + (OwnBesideCompany * own), policy.CompanyNatsMax);
        var content = Math.Max(Math.Max(own, group.IsMember ? ContentOf(group) : 0), company);
        var identity = group.IsMember ? group.IdentityEvidence + group.LikenessEvidence + group.ProbingEvidence : 0;
        return content + identity + ReferenceEvidence(account, policy) + ReplayEvidence(account.Profile, policy)
            + PivotOf(account) + account.OwnHabits + RefusalsOf(account, policy)
            + RecirculationEvidence.Of(account.Outputs, account.Profile.ExchangeCount, policy)
            + (account.PredecessorId is null ? 0 : policy.SuccessorNats);
    }

    /// <summary>
    /// What orders accounts. Where there is a level, the evidence, nats, and a hundredth of the weaker content evidence, which did not
    /// count. For all others where their contexts stand now, nats, which for most is below 0, and what the classifier says of their most
    /// telling requests, logits.
    /// </summary>
    public static double Standing(in AssessedAccount account, DetectionPolicy policy)
    {
        var evidence = Evidence(account, policy);
        if (account.Level != VerdictLevel.None)
        {
            return evidence + (WeakerWeight * Math.Min(account.OwnContent, account.OwnOutlier));
        }

        var own = account.Profile.Frames.Total() + (UpperWeight * HarvestRank.Upper(account.Profile));
        return Math.Min(evidence, evidence - OwnContentOf(account) + own);
    }

    /// <summary>The level that this much evidence gives.</summary>
    public static VerdictLevel LevelOf(double evidence, DetectionPolicy policy) =>
        evidence >= policy.AbusiveNats ? VerdictLevel.Abusive
        : evidence >= policy.SuspectNats ? VerdictLevel.Suspect
        : evidence >= policy.WatchNats ? VerdictLevel.Watch
        : VerdictLevel.None;

    /// <summary>
    /// The level that an account reaches, and the one that it would reach if its verified workload explained nothing, which
    /// is none where there is no workload. Without one a level only goes down where what flagged is withdrawn, because the account
    /// stands out of the stream no longer: when less is left than it takes to watch, so that it does not go to and fro.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="known">The level that it had.</param>
    /// <param name="policy">The thresholds.</param>
    public static (VerdictLevel Level, VerdictLevel WithoutWorkload) LevelsOf(
        in AssessedAccount account, VerdictLevel known, DetectionPolicy policy)
    {
        var evidence = Evidence(account, policy);
        var all = LevelOf(evidence, policy);
        var left = account.Workload is null ? evidence : Evidence(WorkloadExplanation.Leave(account, policy), policy);
        if (left >= evidence)
        {
            var isWithdrawn = known >= VerdictLevel.Suspect && evidence < policy.WatchNats;
            return (isWithdrawn ? all : (VerdictLevel)Math.Max((byte)all, (byte)known), VerdictLevel.None);
        }

        var level = LevelOf(left, policy);
        return (level, all > level ? all : VerdictLevel.None);
    }

    /// <summary>
    /// Whether a flagged account's verdict is to be written anew: it is old, and what stands against the account now, of its
    /// own content where its contexts stand today, is still worth watching.
    /// </summary>
    public static bool IsRenewalDue(in AssessedAccount account, long toldAtMs, long nowMs, DetectionPolicy policy)
    {
        if (account.Level < VerdictLevel.Suspect || nowMs - toldAtMs < policy.RenewAfter.TotalMilliseconds)
        {
            return false;
        }

        var left = WorkloadExplanation.Leave(account, policy);
        var today = left with { OwnContent = Math.Min(left.OwnContent, account.Profile.Frames.Total()) };
        return Evidence(today, policy) >= policy.WatchNats;
    }

    /// <summary>The probability that odds of <see cref="DetectionPolicy.PriorOdds"/> and this evidence give, 0..1.</summary>
    public static double RiskOf(double evidence, DetectionPolicy policy)
    {
        var odds = policy.PriorOdds * Math.Exp(Math.Min(evidence, EvidenceMax));
        return odds / (1 + odds);
    }

    /// <summary>
    /// What to do. Blocking takes an abusive account against which evidence of two kinds speaks, such as its group and its
    /// content. One kind blocks alone: reasoning references of other accounts, which nobody comes by innocently.
    /// </summary>
    public static DecisionAction ActionOf(
        in AssessedAccount account, ImmutableArray<AbuseType> types, DetectionPolicy policy)
    {
        var level = account.Level;
        switch (level)
        {
            case VerdictLevel.None:
                return DecisionAction.Allow;
            case VerdictLevel.Watch:
                return DecisionAction.Observe;
        }

        var kinds = (OwnContentOf(account) >= 2 || ContentOf(account.Group) >= 2 ? 1 : 0)
            + (account.CampaignId is not null ? 1 : 0)
            + (account.Group.IsMember && account.Group.IdentityEvidence > 0 ? 1 : 0)
            + (account.ForeignReasoningRefs > 0 ? 1 : 0)
            + (account.Outputs.Foreign > 1 ? 1 : 0);
        if (level == VerdictLevel.Abusive && (kinds >= 2 || ReferenceEvidence(account, policy) >= policy.AbusiveNats))
        {
            return DecisionAction.Block;
        }

        if (types is [AbuseType.ReasoningExtraction, ..])
        {
            return DecisionAction.StripReasoning;
        }

        return level == VerdictLevel.Abusive ? DecisionAction.Throttle : DecisionAction.Challenge;
    }

    /// <summary>Part of a group's evidence that rests on content, nats.</summary>
    public static double ContentOf(GroupStanding group) =>
        group.Evidence - group.IdentityEvidence - group.LikenessEvidence - group.ProbingEvidence - group.PivotEvidence;

    // Both are about the same requests: the stronger counts.
    private static double OwnContentOf(in AssessedAccount account) => Math.Max(account.OwnContent, account.OwnOutlier);

    // The account's own move and its group's are one.
    private static double PivotOf(in AssessedAccount account) =>
        Math.Max(account.OwnPivot, account.Group.IsMember ? account.Group.PivotEvidence : 0);

    // What its pool tries, the account's own refusals among it, counts once.
    private static double RefusalsOf(in AssessedAccount account, DetectionPolicy policy) => account.CountsRefusals
        ? Math.Max(
            0, RefusalEvidence.Of(account.Profile, policy) - (account.Group.IsMember ? account.Group.ProbingEvidence : 0))
        : 0;

    // The share of exchanges with reasoning of the account's other conversations, against what forks come to.
    private static double ReplayEvidence(AccountProfile profile, DetectionPolicy policy)
    {
        if (profile.ReplayedConversations < ReplaysMin)
        {
            return 0;
        }

        var nats = ShareEvidence.Mixture(
            profile.ReplayedConversations, profile.ExchangeCount, ReplayShares, policy.ReplayShareByChance);
        return Math.Clamp(nats, 0, policy.ReplayNatsMax);
    }

    private static double ReferenceEvidence(in AssessedAccount account, DetectionPolicy policy) =>
        Math.Min(3, account.ForeignReasoningRefs) * policy.ForeignReferenceNats;
}
