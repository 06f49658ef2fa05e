using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>What the board holds of one account: enough to answer, nothing to explain.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="VerdictId">The verdict that it follows from.</param>
/// <param name="Action">The answer.</param>
/// <param name="Level">The verdict's level.</param>
/// <param name="Reason">Code of the verdict's strongest reason.</param>
/// <param name="CampaignId">The campaign that the account is part of, or null.</param>
public sealed record BoardDecision(
    string AccountId,
    VerdictId VerdictId,
    DecisionAction Action,
    VerdictLevel Level,
    string Reason,
    string? CampaignId)
{
    /// <summary>Which kind of lane concluded the verdict.</summary>
    public VerdictOrigin Origin { get; init; }

    /// <summary>Event time of the verdict.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Reason of an account of which the machine concluded nothing.</summary>
    public const string NoVerdict = "no_verdict";

    /// <summary>Reason of an account that was judged and of which nothing was found.</summary>
    public const string NothingFound = "nothing_found";

    /// <summary>Whether a verdict takes this decision's place, as <see cref="Verdict.Supersedes"/> says.</summary>
    public bool GivesWayTo(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return verdict.Origin == Origin
            ? verdict.At >= At
            : verdict.Level > Level || (verdict.Level == Level && verdict.Origin == VerdictOrigin.Campaigns);
    }

    /// <summary>The decision that follows from a verdict.</summary>
    public static BoardDecision From(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var reason = verdict.Reasons.IsDefaultOrEmpty ? NothingFound : verdict.Reasons[0].Code;
        return new BoardDecision(
            verdict.AccountId, verdict.Id, verdict.Action, verdict.Level, reason, verdict.CampaignId)
        {
            Origin = verdict.Origin,
            At = verdict.At,
        };
    }
}
