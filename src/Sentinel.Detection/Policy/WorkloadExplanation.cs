using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Policy;

/// <summary>
/// What is left of the evidence against an account once its verified workload has explained what it can. Reasoning
/// references of other accounts are never explained. Pure.
/// </summary>
internal static class WorkloadExplanation
{
    // A kind of content counts from this share of the strongest one on, as it does for the abuse types.
    private const double KindCountsFrom = 0.4;

    /// <summary>Reason code of what was explained.</summary>
    public const string Code = "verified_workload";

    /// <summary>The account without what its workload explains; itself where there is none.</summary>
    public static AssessedAccount Leave(in AssessedAccount account, DetectionPolicy policy)
    {
        if (account.Workload is not { } workload)
        {
            return account;
        }

        // What was sent beyond the declared volume is a habit that nobody vouched for.
        var explains = workload.IsExceededBy(account.Profile)
            ? workload.Explains & ~(WorkloadEvidence.Pace | WorkloadEvidence.Habits | WorkloadEvidence.Pivot)
            : workload.Explains;
        return account with
        {
            OwnContent = OwnContentLeft(account.Profile, workload),
            OwnOutlier = ExplainsContent(workload, account.Profile)
                ? Math.Min(account.OwnOutlier, OwnContentLeft(account.Profile, workload))
                : account.OwnOutlier,
            OwnPivot = explains.HasFlag(WorkloadEvidence.Pivot) ? 0 : account.OwnPivot,
            OwnHabits = explains.HasFlag(WorkloadEvidence.Habits) ? 0 : account.OwnHabits,
            CountsRefusals = !explains.HasFlag(WorkloadEvidence.TechniqueProbing),
            Group = GroupLeft(account, workload, explains, policy),
            Company = IsOrdinaryBeside(account, workload, policy) ? default : account.Company,
            Outputs = explains.HasFlag(WorkloadEvidence.Recirculation) ? default : account.Outputs,
            PredecessorId = explains.HasFlag(WorkloadEvidence.Succession) ? null : account.PredecessorId,
        };
    }

    /// <summary>What was explained, for people and for the record; its weight is no evidence.</summary>
    public static Reason ReasonOf(Workload workload, double explainedNats) => new(
        Code,
        FormattableString.Invariant(
            $"{explainedNats:0.0} nats are explained by the verified workload \"{workload.Id}\" ")
            + $"({WorkloadKinds.Names[(int)workload.Kind]}), for which {workload.VouchedBy} vouches until {workload.Until:yyyy-MM-dd}",
        0);

    /// <summary>Whether all kinds of content that count in the account's exchanges are explained.</summary>
    public static bool ExplainsContent(Workload workload, AccountProfile profile)
    {
        var sums = profile.KindSum;
        var top = 0f;
        foreach (var sum in sums)
        {
            top = Math.Max(top, sum);
        }

        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            if (top > 0 && sums[kind] >= top * KindCountsFrom
                && !workload.Explains.HasFlag((WorkloadEvidence)(1 << kind)))
            {
                return false;
            }
        }

        return true;
    }

    // Frames that were not declared still count, and so does what was sent to other models or beyond the daily volume.
    private static double OwnContentLeft(AccountProfile profile, Workload workload)
    {
        if (!ExplainsContent(workload, profile))
        {
            return profile.ContentPeak;
        }

        var left = Math.Min(profile.ContentPeak, profile.UnlikeNats);
        return workload.Frames.IsEmpty ? left : Math.Max(left, OutsideFrames(profile, workload));
    }

    private static double OutsideFrames(AccountProfile profile, Workload workload)
    {
        Span<double> contexts = stackalloc double[FrameLedger.FramesMax + 1];
        var count = 0;
        foreach (var slot in profile.Frames.InUse)
        {
            var isDeclared = !slot.Tags.IsNone && IsDeclared(workload, slot.Tags.Name);
            if (!isDeclared && slot.Count > 0)
            {
                contexts[count++] = ContentEvidence.OfContext(slot.EvidenceSum, slot.Count);
            }
        }

        return count == 0 ? 0 : Math.Clamp(ContentEvidence.Combine(contexts[..count]), 0, profile.ContentPeak);
    }

    // Whether the workload explains what the account asks for, and hardly anything is left.
    private static bool IsOrdinaryBeside(in AssessedAccount account, Workload workload, DetectionPolicy policy) =>
        ExplainsContent(workload, account.Profile) && OwnContentLeft(account.Profile, workload) < policy.MemberNatsMin;

    private static bool IsDeclared(Workload workload, uint tag)
    {
        foreach (var key in workload.Frames)
        {
            if (FrameTags.OfKey(key) == tag)
            {
                return true;
            }
        }

        return false;
    }

    private static GroupStanding GroupLeft(
        in AssessedAccount account, Workload workload, WorkloadEvidence explains, DetectionPolicy policy)
    {
        var group = account.Group;
        var identity = explains.HasFlag(LinkKinds.IsInstrument(group.Kind) ? WorkloadEvidence.Identity : WorkloadEvidence.Pace)
            ? 0 : group.IdentityEvidence;
        var likeness = explains.HasFlag(WorkloadEvidence.Likeness) ? 0 : group.LikenessEvidence;
        var probing = explains.HasFlag(WorkloadEvidence.TechniqueProbing) ? 0 : group.ProbingEvidence;

        var pivot = explains.HasFlag(WorkloadEvidence.Pivot) ? 0 : group.PivotEvidence;

        // The group's content is that of many: it is explained to the account whose own is.
        var content = AccountAssessment.ContentOf(group);
        if (content > 0 && IsOrdinaryBeside(account, workload, policy))
        {
            content = 0;
        }

        return group with
        {
            Evidence = content + identity + likeness + probing + pivot,
            IdentityEvidence = identity,
            LikenessEvidence = likeness,
            ProbingEvidence = probing,
            PivotEvidence = pivot,
        };
    }
}
