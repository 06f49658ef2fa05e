using System.ComponentModel;

namespace Sentinel.Api.Ingest;

/// <summary>What became of posted lines.</summary>
internal sealed record IngestAnswer
{
    [Description("Lines that were new. They are durable.")]
    public required long Accepted { get; init; }

    [Description("Lines whose event_id was known; they changed nothing.")]
    public required long Duplicate { get; init; }

    [Description("Lines that could not be used; they are kept aside as dead letters.")]
    public required long Rejected { get; init; }

    [Description("Why, for the first of them.")]
    public required IReadOnlyList<IngestReason> Reasons { get; init; }

    [Description("Rejected lines that reasons does not name.")]
    public required long ReasonsOmitted { get; init; }
}

/// <summary>Why a line was rejected.</summary>
internal sealed record IngestReason
{
    [Description("Line in the body, from 1.")]
    public required long Line { get; init; }

    [Description("Stable code of the fault.")]
    public required string Code { get; init; }

    [Description("A sentence for people; quotes no prompt text.")]
    public required string Detail { get; init; }
}
