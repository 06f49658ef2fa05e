using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Cases;

/// <summary>What the machine had found when it was last looked at for a case.</summary>
/// <param name="Level">Level of the account, or of a campaign's riskiest members.</param>
/// <param name="Risk">0..1.</param>
/// <param name="AbuseTypes">Most likely first.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Exchanges">Exchanges of theirs.</param>
/// <param name="FirstFlaggedAt">Event time of the first report.</param>
/// <param name="Headline">One sentence; no prompt text.</param>
public sealed record CaseFacts(
    VerdictLevel Level,
    double Risk,
    ImmutableArray<AbuseType> AbuseTypes,
    int Accounts,
    long Exchanges,
    DateTimeOffset FirstFlaggedAt,
    string Headline)
{
    private const double ExchangesOfFullVolume = 10_000_000; // The size of the largest campaigns that were made public.
    private const double PriorityMax = 100;
    private const double SuspectShare = 0.6;
    private const double OtherShare = 0.3;

    /// <summary>
    /// What comes first in the queue, 0..100: severity × volume × confidence. Severity is the gravest abuse, less for who is
    /// only suspect; volume grows with the logarithm of the exchanges, so that ten times as many count one step more;
    /// confidence is the risk.
    /// </summary>
    public double Priority
    {
        get
        {
            var gravest = AbuseTypes.IsDefaultOrEmpty ? OtherShare : AbuseTypes.Max(static type => SeverityOf(type));
            var severity = gravest * (Level == VerdictLevel.Abusive ? 1 : SuspectShare);
            var volume = Math.Min(1, Math.Log10(1 + Math.Max(0, Exchanges)) / Math.Log10(1 + ExchangesOfFullVolume));
            return Math.Round(PriorityMax * severity * volume * Math.Clamp(Risk, 0, 1), 4);
        }
    }

    /// <summary>Whether a case's facts have changed so much that its history should say so.</summary>
    public bool IsNewsAfter(CaseFacts before)
    {
        ArgumentNullException.ThrowIfNull(before);
        const double GrownBy = 1.25;
        return Level > before.Level || Accounts > before.Accounts * GrownBy || Exchanges > before.Exchanges * 2
            || Accounts < before.Accounts;
    }

    // How much is lost with what is taken: reasoning and whole capabilities before prompts.
    private static double SeverityOf(AbuseType type) => type switch
    {
        AbuseType.ReasoningExtraction or AbuseType.RelayHarvest => 1,
        AbuseType.CapabilityHarvest or AbuseType.GradingHarvest or AbuseType.DistributionHarvest => 0.9,
        AbuseType.SyntheticData or AbuseType.TechniqueProbing => 0.8,
        AbuseType.InstructionExtraction => 0.6,
        _ => 0.5,
    };
}
