using Sentinel.Detection.Accounts;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// What it says of an account by itself that the model refuses it again and again, each time another request: so do those who
/// search for the request that gets through. Stateless.
/// </summary>
/// <remarks>
/// A mixture of likelihood ratios of the share that is refused against <see cref="DetectionPolicy.OwnRefusedShareByChance"/>, which
/// whoever asks for what is doubtful now and then comes to: an e-process, valid whenever one looks (Ville's inequality). One
/// frame that is refused is one wording and does not count: moderators and labellers show the model what they moderate. Those
/// who try techniques by trade, as researchers and red teams do, are refused as often, but have not so many refused; those who have
/// are to be told of as a verified workload.
/// </remarks>
internal static class RefusalEvidence
{
    private const double OneFrameShare = 0.5;
    private const double OftenShare = 0.2;
    private const int OrganisationPatience = 4;
    private static ReadOnlySpan<double> Shares => [0.2, 0.35, 0.6];

    /// <summary>Evidence of an account, nats.</summary>
    public static double Of(AccountProfile profile, DetectionPolicy policy)
    {
        var (refused, different) = (profile.RefusedCount, profile.ExchangeCount - profile.RepeatedCount);
        if (refused <= policy.OwnRefusedShareByChance * different || IsOfOneFrame(profile))
        {
            return 0;
        }

        // Whoever tests for an organisation can be asked.
        var many = policy.RefusedManyMin * (profile.OrgKey == 0 ? 1 : OrganisationPatience);
        var most = refused >= many ? policy.OutlierNatsMax : policy.RefusalNatsMax;
        return Math.Clamp(ShareEvidence.Mixture(refused, different, Shares, policy.OwnRefusedShareByChance), 0, most);
    }

    /// <summary>Whether an account is refused so often that trying is what it does.</summary>
    public static bool IsOften(AccountProfile profile) =>
        profile.RefusedCount >= OftenShare * profile.ExchangeCount && !IsOfOneFrame(profile);

    /// <summary>The sentence for people.</summary>
    public static Reason ReasonOf(AccountProfile profile, double nats) => new(
        "refusals.probing",
        $"{profile.RefusedCount} different requests in its {profile.ExchangeCount} exchanges were refused: it tries what gets around "
        + "the model's limits",
        nats);

    // What comes under one system prompt may be anything.
    private static bool IsOfOneFrame(AccountProfile profile)
    {
        foreach (ref readonly var slot in profile.Frames.InUse[1..])
        {
            if (slot.Tags.System == 0 && slot.Count >= OneFrameShare * profile.ExchangeCount)
            {
                return true;
            }
        }

        return false;
    }
}
