using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>What the board holds of one account: enough to answer, nothing to explain.</summary>
/// <param name="VerdictId">The verdict that it follows from.</param>
/// <param name="Action">The answer.</param>
/// <param name="Level">The verdict's level.</param>
/// <param name="Reason">Code of the verdict's strongest reason.</param>
/// <param name="CampaignId">The campaign that the account is part of, or null.</param>
public readonly record struct BoardDecision(
    VerdictId VerdictId, DecisionAction Action, VerdictLevel Level, string Reason, string? CampaignId)
{
    /// <summary>Which kind of lane concluded the verdict.</summary>
    public VerdictOrigin Origin { get; init; }

    /// <summary>Event time since when the account is flagged; that of the verdict where it is not.</summary>
    public DateTimeOffset FlaggedAt { get; init; }

    /// <summary>Event time of the verdict.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Reason of an account of which the machine concluded nothing.</summary>
    public const string NoVerdict = "no_verdict";

    /// <summary>Reason of an account that was judged and of which nothing was found.</summary>
    public const string NothingFound = "nothing_found";

    /// <summary>The decision that follows from a verdict.</summary>
    public static BoardDecision From(Verdict verdict)
    {
        var head = VerdictHead.Of(verdict);
        return new BoardDecision(head.Id, head.Action, head.Level, head.Reason ?? NothingFound, head.CampaignId)
        {
            Origin = head.Origin,
            FlaggedAt = head.FlaggedAt,
            At = head.At,
        };
    }
}
