using System.Collections.Immutable;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Verdicts;

/// <summary>Writes down what was concluded of an account, with its reasons.</summary>
/// <param name="policy">The policy that judged.</param>
/// <param name="modelVersion">Name and version of the classifier at the beginning.</param>
/// <param name="partition">Partition whose records the offsets name.</param>
internal sealed class VerdictWriter(DetectionPolicy policy, string modelVersion, int partition)
{
    /// <summary>Partition whose records the offsets name.</summary>
    public int Partition => partition;

    /// <summary>Name and version of the classifier that verdicts rest on from now on.</summary>
    public string ModelVersion { get; set; } = modelVersion;

    /// <summary>The verdict on an account.</summary>
    /// <param name="origin">Which kind of lane concluded it.</param>
    /// <param name="account">What it rests on.</param>
    /// <param name="offset">The record that caused it.</param>
    /// <param name="atMs">Event time of the verdict.</param>
    public Verdict Write(VerdictOrigin origin, in AssessedAccount account, long offset, long atMs)
    {
        var left = WorkloadExplanation.Leave(account, policy);
        var types = AccountAssessment.TypesOf(left, left.Level);
        return new Verdict(
            new VerdictId(partition, offset, policy.Version),
            account.Profile.Id,
            account.Level,
            AccountAssessment.RiskOf(AccountAssessment.Standing(left, policy), policy),
            AccountAssessment.ActionOf(left, types, policy),
            types,
            account.CampaignId,
            account.FlaggedAtMs < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(account.FlaggedAtMs),
            account.Profile.ExchangeCount,
            account.ExchangesAtFlag < 0 ? null : account.ExchangesAtFlag,
            ReasonsOf(account, left, types),
            ModelVersion,
            FeatureLayout.Version,
            DateTimeOffset.FromUnixTimeMilliseconds(atMs))
        {
            Origin = origin,
        };
    }

    // What was explained is on record even where nothing is left.
    private ImmutableArray<Reason> ReasonsOf(
        in AssessedAccount account, in AssessedAccount left, ImmutableArray<AbuseType> types)
    {
        ImmutableArray<Reason> reasons =
            account.Level == VerdictLevel.None ? [] : AccountAssessment.ReasonsOf(left, types, policy);
        var explained = account.Workload is null
            ? 0
            : AccountAssessment.Evidence(account, policy) - AccountAssessment.Evidence(left, policy);
        return explained > 0 ? [.. reasons, WorkloadExplanation.ReasonOf(account.Workload!, explained)] : reasons;
    }
}
