using System.ComponentModel;
using System.Globalization;
using Sentinel.Api.Accounts;
using Sentinel.Api.Findings;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>Accounts of a case and the keys that several of them share.</summary>
internal sealed record GraphAnswer
{
    [Description("The accounts, in ordinal order; at most 5,000.")]
    public required IReadOnlyList<string> Accounts { get; init; }

    [Description("Shared keys, the most shared first.")]
    public required IReadOnlyList<SharedKeyAnswer> Keys { get; init; }
}

/// <summary>A key that several accounts share.</summary>
internal sealed record SharedKeyAnswer
{
    [Description("What kind of link.")]
    public required string Kind { get; init; }

    [Description("The key, 16 hexadecimal digits.")]
    public required string Key { get; init; }

    [Description("How many accounts of the case use it.")]
    public required long UsedBy { get; init; }

    [Description("Who; some, where there are many.")]
    public required IReadOnlyList<string> Accounts { get; init; }

    public static SharedKeyAnswer Of(SharedKey key) => new()
    {
        Kind = LinkKinds.Names[(int)key.Kind],
        Key = key.Key.ToString("x16", CultureInfo.InvariantCulture),
        UsedBy = key.UsedBy,
        Accounts = key.Accounts,
    };
}

/// <summary>An account over time.</summary>
internal sealed record TimelineAnswer
{
    [Description("What is known of it.")]
    public required AccountAnswer Account { get; init; }

    [Description("What was concluded, the latest first; at most 500.")]
    public required IReadOnlyList<VerdictStepAnswer> Verdicts { get; init; }

    [Description("What gateways were answered, the latest first; at most 500.")]
    public required LoggedDecisionsAnswer Decisions { get; init; }

    [Description("Cases about it, or about its campaign.")]
    public required IReadOnlyList<CaseAnswer> Cases { get; init; }
}

/// <summary>What was concluded of an account at a time.</summary>
internal sealed record VerdictStepAnswer
{
    [Description("Event time.")]
    public required DateTimeOffset At { get; init; }

    [Description("The level.")]
    public required string Level { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    [Description("What gateways are answered.")]
    public required string Action { get; init; }

    [Description("Which judge concluded: account or campaigns.")]
    public required string Origin { get; init; }

    [Description("The campaign, or null.")]
    public required string? CampaignId { get; init; }

    [Description("Exchanges of the account until then.")]
    public required long ExchangesSeen { get; init; }

    [Description("Strongest first.")]
    public required IReadOnlyList<ReasonAnswer> Reasons { get; init; }

    public static VerdictStepAnswer Of(VerdictStep step) => new()
    {
        At = step.At,
        Level = WireNames.Of(step.Level),
        Risk = step.Risk,
        Action = WireNames.Of(step.Action),
        Origin = WireNames.Of(step.Origin),
        CampaignId = step.CampaignId,
        ExchangesSeen = step.ExchangesSeen,
        Reasons = ReasonAnswer.From(step.Reasons),
    };
}

/// <summary>Excerpts of an account's exchanges.</summary>
internal sealed record ExcerptsAnswer
{
    [Description("The account.")]
    public required string AccountId { get; init; }

    [Description("Whether words that are not part of a shared frame are hidden.")]
    public required bool Masked { get; init; }

    [Description("The latest first.")]
    public required IReadOnlyList<ExcerptAnswer> Excerpts { get; init; }

    public static ExcerptsAnswer Of(AccountExcerpts excerpts, bool masked) => new()
    {
        AccountId = excerpts.AccountId,
        Masked = masked,
        Excerpts = [.. excerpts.Excerpts.Select(static row => new ExcerptAnswer
        {
            At = row.At, Harvest = Math.Round(row.Harvest, 4), Text = row.Text,
        })],
    };
}

/// <summary>An excerpt.</summary>
internal sealed record ExcerptAnswer
{
    [Description("Event time.")]
    public required DateTimeOffset At { get; init; }

    [Description("How much it looks like harvesting, 0 to 1.")]
    public required double Harvest { get; init; }

    [Description("Beginning of the system prompt, beginning and end of the last message, separated by U+241F.")]
    public required string Text { get; init; }
}

/// <summary>What a text was found to be.</summary>
internal sealed record SearchAnswer
{
    [Description("Whether it is an account of which exchanges are kept.")]
    public required bool IsAccount { get; init; }

    [Description("Cases about the account or campaign of that id.")]
    public required IReadOnlyList<CaseAnswer> Cases { get; init; }

    [Description("Keys that it is, or whose value it is.")]
    public required IReadOnlyList<SharedKeyAnswer> Groups { get; init; }
}

/// <summary>How much there is to do, and who does it.</summary>
internal sealed record LoadAnswer
{
    [Description("Cases of each stage, claims aside.")]
    public required IReadOnlyDictionary<string, long> Cases { get; init; }

    [Description("Rulings of each person in the last seven days that stand.")]
    public required IReadOnlyDictionary<string, long> Rulings { get; init; }
}

/// <summary>Views of the queue.</summary>
internal sealed record ViewsAnswer
{
    [Description("In the order of their names.")]
    public required IReadOnlyList<ViewAnswer> Views { get; init; }
}

/// <summary>A view of the queue.</summary>
internal sealed record ViewAnswer
{
    [Description("Its name.")]
    public required string Name { get; init; }

    [Description("The query part of the queue's address.")]
    public required string Query { get; init; }
}

/// <summary>A view to keep.</summary>
internal sealed record ViewBody : IReviewBody
{
    [Description("The query part of the queue's address; empty removes the view.")]
    public required string Query { get; init; }
}

/// <summary>What was done.</summary>
internal sealed record AuditAnswer
{
    [Description("The latest first.")]
    public required IReadOnlyList<AuditRowAnswer> Rows { get; init; }
}

/// <summary>A row of the audit log.</summary>
internal sealed record AuditRowAnswer
{
    [Description("Its place in the chain.")]
    public required long Number { get; init; }

    [Description("When.")]
    public required DateTimeOffset At { get; init; }

    [Description("Who: a person, key:ID, or machine.")]
    public required string By { get; init; }

    [Description("automatic, manual, bulk or configuration.")]
    public required string Kind { get; init; }

    [Description("Stable name of what was done.")]
    public required string Action { get; init; }

    [Description("On what.")]
    public required string Subject { get; init; }

    [Description("done, proposed, or why it was refused.")]
    public required string Outcome { get; init; }

    [Description("More, as JSON.")]
    public required string Detail { get; init; }

    [Description("Hash of this row and of the row before, hexadecimal.")]
    public required string Hash { get; init; }

    public static AuditRowAnswer Of(AuditRow row) => new()
    {
        Number = row.Number,
        At = row.Entry.At,
        By = row.Entry.By,
        Kind = KindNames[(int)row.Entry.Kind],
        Action = row.Entry.Action,
        Subject = row.Entry.Subject,
        Outcome = row.Entry.Outcome,
        Detail = row.Entry.Detail,
        Hash = row.Hash,
    };

    private static readonly string[] KindNames = ["automatic", "manual", "bulk", "configuration"];
}

/// <summary>Who is signed in.</summary>
internal sealed record MeAnswer
{
    [Description("Their id.")]
    public required string Id { get; init; }

    [Description("Their name.")]
    public required string Name { get; init; }

    [Description("viewer, analyst, lead, administrator or support.")]
    public required string Role { get; init; }

    [Description("What they may do.")]
    public required IReadOnlyList<string> Permissions { get; init; }

    [Description("To be shown in x-llm-sentinel-form by whoever changes something in a session; null for a key.")]
    public required string? FormToken { get; init; }
}

/// <summary>Who signs in.</summary>
internal sealed record SessionBody : IReviewBody
{
    [Description("Their id.")]
    public required string Id { get; init; }

    [Description("Their password.")]
    public required string Password { get; init; }
}

/// <summary>The first start.</summary>
internal sealed record SetUpBody : IReviewBody
{
    [Description("The token of the link that the log showed.")]
    public required string Token { get; init; }

    [Description("The administrator's password, 12 to 256 characters.")]
    public required string Password { get; init; }
}

/// <summary>Somebody who may sign in.</summary>
internal sealed record PersonAnswer
{
    [Description("Their id.")]
    public required string Id { get; init; }

    [Description("Their name.")]
    public required string Name { get; init; }

    [Description("viewer, analyst, lead or administrator.")]
    public required string Role { get; init; }

    [Description("Whether they may not sign in.")]
    public required bool Disabled { get; init; }

    [Description("Whether they sign in with a password here.")]
    public required bool HasPassword { get; init; }

    [Description("When this was last changed.")]
    public required DateTimeOffset ChangedAt { get; init; }

    public static PersonAnswer Of(PersonRow person) => new()
    {
        Id = person.Id,
        Name = person.Name,
        Role = PermissionTable.Of((ReviewRole)person.Role),
        Disabled = person.IsDisabled,
        HasPassword = person.PasswordHash.Length > 0,
        ChangedAt = person.ChangedAt,
    };
}

/// <summary>People.</summary>
internal sealed record PeopleAnswer
{
    [Description("In the order of their ids.")]
    public required IReadOnlyList<PersonAnswer> People { get; init; }
}

/// <summary>Who somebody is.</summary>
internal sealed record PersonBody : IReviewBody
{
    [Description("Their name.")]
    public required string Name { get; init; }

    [Description("viewer, analyst, lead or administrator.")]
    public required string Role { get; init; }

    [Description("Whether they may not sign in.")]
    public bool Disabled { get; init; }

    [Description("A new password, 12 to 256 characters; absent: as it was.")]
    public string? Password { get; init; }
}
