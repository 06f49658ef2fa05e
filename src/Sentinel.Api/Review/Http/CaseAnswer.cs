using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>A case as the API tells of it.</summary>
internal sealed record CaseAnswer
{
    [Description("The case.")]
    public required string CaseId { get; init; }

    [Description("Counts up with every event; also the ETag.")]
    public required int Version { get; init; }

    [Description("campaign or account.")]
    public required string Kind { get; init; }

    [Description("The campaign or account.")]
    public required string Subject { get; init; }

    [Description("open, claimed, decided, appealed or reopened.")]
    public required string Stage { get; init; }

    [Description("Severity × volume × confidence, 0 to 100.")]
    public required double Priority { get; init; }

    [Description("Level of the account, or of the campaign.")]
    public required string Level { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    [Description("Most likely first.")]
    public required IReadOnlyList<string> AbuseTypes { get; init; }

    [Description("How many accounts the machine counted.")]
    public required int Accounts { get; init; }

    [Description("Exchanges of theirs.")]
    public required long Exchanges { get; init; }

    [Description("One sentence.")]
    public required string Headline { get; init; }

    [Description("When it was opened.")]
    public required DateTimeOffset OpenedAt { get; init; }

    [Description("When something last happened to it.")]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("Who works on it now, or null.")]
    public required string? ClaimedBy { get; init; }

    [Description("Until when, or null.")]
    public required DateTimeOffset? ClaimedUntil { get; init; }

    [Description("To whom it was given, or null.")]
    public required string? AssignedTo { get; init; }

    [Description("Its tags.")]
    public required IReadOnlyList<string> Tags { get; init; }

    [Description("Whether somebody else has to decide.")]
    public required bool Escalated { get; init; }

    [Description("Whether a ruling waits for a second person.")]
    public required bool Proposed { get; init; }

    [Description("The ruling that stands, or null.")]
    public required string? Ruling { get; init; }

    [Description("Who ruled, or null.")]
    public required string? RuledBy { get; init; }

    [Description("When, or null.")]
    public required DateTimeOffset? RuledAt { get; init; }

    [Description("The case that took it over, or null.")]
    public required string? TakenOverBy { get; init; }

    public static CaseAnswer Of(CaseState state, DateTimeOffset now) => Of(CaseSummary.Of(state), now);

    public static CaseAnswer Of(CaseSummary one, DateTimeOffset now) => new()
    {
        CaseId = one.Id,
        Version = one.Version,
        Kind = CaseWords.Of(one.Kind),
        Subject = one.Subject,
        Stage = CaseWords.Of(one.StageAt(now)),
        Priority = one.Priority,
        Level = WireNames.Of(one.Facts.Level),
        Risk = one.Facts.Risk,
        AbuseTypes = [.. one.Facts.AbuseTypes.Select(WireNames.Of)],
        Accounts = one.Facts.Accounts,
        Exchanges = one.Facts.Exchanges,
        Headline = one.Facts.Headline,
        OpenedAt = one.OpenedAt,
        UpdatedAt = one.UpdatedAt,
        ClaimedBy = one.ClaimAt(now)?.By,
        ClaimedUntil = one.ClaimAt(now)?.Until,
        AssignedTo = one.AssignedTo,
        Tags = one.Tags,
        Escalated = one.IsEscalated,
        Proposed = one.IsProposed,
        Ruling = one.Ruling is { } ruling ? CaseWords.Of(ruling) : null,
        RuledBy = one.RuledBy,
        RuledAt = one.RuledAt,
        TakenOverBy = one.TakenOverBy,
    };
}

/// <summary>One page of the queue.</summary>
internal sealed record CaseListAnswer
{
    [Description("Cases in the order asked for.")]
    public required IReadOnlyList<CaseAnswer> Cases { get; init; }

    [Description("cursor of the next page, or null on the last.")]
    public required string? NextCursor { get; init; }
}

/// <summary>Something that happened to a case.</summary>
internal sealed record CaseEventAnswer
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    [Description("The case's version after it.")]
    public required int Version { get; init; }

    [Description("When.")]
    public required DateTimeOffset At { get; init; }

    [Description("Who: a person, key:ID, or machine.")]
    public required string By { get; init; }

    [Description("What: its kind, and what belongs to that kind.")]
    public required JsonElement Change { get; init; }

    public static CaseEventAnswer Of(CaseEvent one) => new()
    {
        Version = one.Version,
        At = one.At,
        By = one.By,
        Change = JsonSerializer.SerializeToElement(one.Change, Json),
    };
}

/// <summary>A case with what it rests on.</summary>
internal sealed record CaseDetailAnswer
{
    [Description("The case.")]
    public required CaseAnswer Case { get; init; }

    [Description("Its accounts, in ordinal order.")]
    public required IReadOnlyList<string> Members { get; init; }

    [Description("What happened to it, in order.")]
    public required IReadOnlyList<CaseEventAnswer> History { get; init; }

    [Description("The campaign with its evidence, or null.")]
    public required Campaigns.CampaignAnswer? Campaign { get; init; }

    [Description("The account with its evidence, or null.")]
    public required Accounts.AccountAnswer? Account { get; init; }

    [Description("Other cases about the same campaign or accounts.")]
    public required IReadOnlyList<CaseAnswer> Related { get; init; }

    [Description("Until when the ruling can be undone, or null.")]
    public required DateTimeOffset? UndoUntil { get; init; }
}

/// <summary>What a ruling would do.</summary>
internal sealed record PreviewAnswer
{
    [Description("Version of the case that was looked at.")]
    public required int Version { get; init; }

    [Description("How many accounts it would be on.")]
    public required int Accounts { get; init; }

    [Description("Exchanges of theirs so far.")]
    public required long Exchanges { get; init; }

    [Description("How many of them run a verified workload.")]
    public required int WorkloadAccounts { get; init; }

    [Description("Whether a second person has to agree.")]
    public required bool NeedsSecond { get; init; }

    [Description("When it would end, or null.")]
    public required DateTimeOffset? Until { get; init; }

    [Description("Until when it could be undone.")]
    public required DateTimeOffset UndoUntil { get; init; }
}

/// <summary>What became of many cases.</summary>
internal sealed record ManyAnswer
{
    [Description("Whether nothing was done.")]
    public required bool DryRun { get; init; }

    [Description("Accounts of all cases together.")]
    public required int Accounts { get; init; }

    [Description("Whether a second person has to agree.")]
    public required bool NeedsSecond { get; init; }

    [Description("One by one.")]
    public required IReadOnlyList<CaseResultAnswer> Cases { get; init; }
}

/// <summary>What became of one of many cases.</summary>
internal sealed record CaseResultAnswer
{
    [Description("The case.")]
    public required string CaseId { get; init; }

    [Description("done, proposed, would_do, would_propose, or why not.")]
    public required string Code { get; init; }

    [Description("Accounts that it is on.")]
    public required int Accounts { get; init; }
}
