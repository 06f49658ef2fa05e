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

    /// <summary>Event time since when the account is flagged; that of the verdict where it is not.</summary>
    public DateTimeOffset FlaggedAt { get; init; }

    /// <summary>Reason of an account of which the machine concluded nothing.</summary>
    public const string NoVerdict = "no_verdict";

    /// <summary>Reason of an account that was judged and of which nothing was found.</summary>
    public const string NothingFound = "nothing_found";

    /// <summary>
    /// What follows from the newest verdict of the other origin while this one outranks it: it holds again when this
    /// one
    /// falls. Null where there is none, or nothing was found.
    /// </summary>
    public BoardDecision? Outranked { get; init; }

    /// <summary>What holds once a newer verdict on the account is known: of each origin the newest, and of both the
    /// stronger, as <see cref="Verdict.Supersedes"/> says.</summary>
    public BoardDecision With(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var known = verdict.Origin == Origin ? this : Outranked;
        if (known is not null && verdict.At < known.At)
        {
            return this; // Written late, by a process that no longer has the account.
        }

        var newest = From(verdict);
        var other = verdict.Origin == Origin ? Outranked : this with { Outranked = null };
        if (other is null)
        {
            return newest;
        }

        var isOutranked = newest.Level > other.Level
            || (newest.Level == other.Level && newest.Origin == VerdictOrigin.Campaigns);
        var (holds, waits) = isOutranked ? (newest, other) : (other, newest);
        return waits.Level == VerdictLevel.None ? holds : holds with { Outranked = waits };
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
            FlaggedAt = verdict.FirstFlaggedAt ?? verdict.At,
        };
    }
}
