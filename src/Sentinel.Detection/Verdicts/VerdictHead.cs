namespace Sentinel.Detection.Verdicts;

/// <summary>What of a verdict decisions are served from: enough to answer, nothing to explain.</summary>
/// <param name="Id">The exchange and policy it comes from.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Level">The level.</param>
/// <param name="Action">What the decision endpoint answers.</param>
/// <param name="Reason">Code of the strongest reason, or null.</param>
/// <param name="CampaignId">The campaign it is part of, or null.</param>
/// <param name="FlaggedAt">Event time since when the account is flagged; that of the verdict where it is not.</param>
/// <param name="At">Event time of the verdict.</param>
/// <param name="Origin">Which judge concluded.</param>
public readonly record struct VerdictHead(
    VerdictId Id,
    string AccountId,
    VerdictLevel Level,
    DecisionAction Action,
    string? Reason,
    string? CampaignId,
    DateTimeOffset FlaggedAt,
    DateTimeOffset At,
    VerdictOrigin Origin)
{
    /// <summary>The head of a verdict.</summary>
    public static VerdictHead Of(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new VerdictHead(
            verdict.Id, verdict.AccountId, verdict.Level, verdict.Action,
            verdict.Reasons.IsDefaultOrEmpty ? null : verdict.Reasons[0].Code, verdict.CampaignId,
            verdict.FirstFlaggedAt ?? verdict.At, verdict.At, verdict.Origin);
    }
}
