using System.Collections.Immutable;
using System.ComponentModel;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>What a request says in its body; a repeated idempotency key must come with the same.</summary>
internal interface IReviewBody;

/// <summary>A ruling.</summary>
internal sealed record RulingBody : IReviewBody
{
    [Description("block, challenge, throttle, strip_reasoning, allow_until, dismiss, watch or escalate.")]
    public required string Ruling { get; init; }

    [Description("Why, 1 to 2,000 characters.")]
    public required string Reason { get; init; }

    [Description("The policy that it rests on, 1 to 100 characters.")]
    public required string Policy { get; init; }

    [Description("When it ends; allow_until needs it.")]
    public DateTimeOffset? Until { get; init; }

    // What is no ruling is told by the request's own check.
    public WishedRuling ToWished() => new((RulingKind)(byte)CaseWords.Rulings.IndexOf(Ruling), Reason, Policy, Until);
}

/// <summary>A reason.</summary>
internal sealed record ReasonBody : IReviewBody
{
    [Description("Why, 1 to 2,000 characters.")]
    public required string Reason { get; init; }
}

/// <summary>An appeal.</summary>
internal sealed record AppealBody : IReviewBody
{
    [Description("Names the appeal, as the support system does: filing it again changes nothing.")]
    public required string Id { get; init; }

    [Description("The accounts that it speaks for; all when empty or absent.")]
    public ImmutableArray<string>? Accounts { get; init; }

    [Description("What they say, at most 10,000 characters.")]
    public required string Text { get; init; }
}

/// <summary>An appeal of one account.</summary>
internal sealed record AccountAppealBody : IReviewBody
{
    [Description("Names the appeal, as the support system does: filing it again changes nothing.")]
    public required string Id { get; init; }

    [Description("What they say, at most 10,000 characters.")]
    public required string Text { get; init; }
}

/// <summary>A decision of an appeal.</summary>
internal sealed record AppealDecisionBody : IReviewBody
{
    [Description("Whether the ruling is upheld.")]
    public required bool Upheld { get; init; }

    [Description("Why, 1 to 2,000 characters.")]
    public required string Reason { get; init; }
}

/// <summary>A note.</summary>
internal sealed record NoteBody : IReviewBody
{
    [Description("1 to 10,000 characters.")]
    public required string Text { get; init; }
}

/// <summary>Tags.</summary>
internal sealed record TagsBody : IReviewBody
{
    [Description("All tags that the case is to have: at most 20, of 1 to 50 characters.")]
    public required ImmutableArray<string> Tags { get; init; }
}

/// <summary>An assignment.</summary>
internal sealed record AssignmentBody : IReviewBody
{
    [Description("To whom, or null for nobody.")]
    public string? To { get; init; }
}

/// <summary>Some accounts.</summary>
internal sealed record MembersBody : IReviewBody
{
    [Description("Accounts of the case, 1 to 5,000.")]
    public required ImmutableArray<string> Accounts { get; init; }

    [Description("Why, 1 to 2,000 characters.")]
    public required string Reason { get; init; }
}

/// <summary>Another case.</summary>
internal sealed record MergeBody : IReviewBody
{
    [Description("The case that becomes part of this one.")]
    public required string Other { get; init; }

    [Description("Why, 1 to 2,000 characters.")]
    public required string Reason { get; init; }
}

/// <summary>Many cases.</summary>
internal sealed record ManyBody : IReviewBody
{
    [Description("The cases.")]
    public required ImmutableArray<string> CaseIds { get; init; }

    [Description("rule, undo or approve; rule when absent.")]
    public string? Deed { get; init; }

    [Description("The ruling, where one is made.")]
    public RulingBody? Ruling { get; init; }

    [Description("Why, where rulings are undone.")]
    public string? Reason { get; init; }

    [Description("Whether to tell what would be done, and not to do it.")]
    public bool DryRun { get; init; }
}

/// <summary>Who looks at what customers wrote says why.</summary>
internal sealed record RevealBody : IReviewBody
{
    [Description("Why, 1 to 2,000 characters; goes on record.")]
    public required string Reason { get; init; }

    [Description("Excerpts to show, 1 to 100; 20 when absent.")]
    public int? Limit { get; init; }
}
