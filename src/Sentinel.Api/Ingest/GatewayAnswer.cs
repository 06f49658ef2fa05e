using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sentinel.Api.Ingest;

/// <summary>What became of a gateway's records.</summary>
internal sealed record GatewayAnswer
{
    [Description("Records in the body. Those of one call count one by one.")]
    public required long Records { get; init; }

    [Description("Exchanges that were new. They are durable.")]
    public required long Accepted { get; init; }

    [Description("Exchanges whose event_id was known; they changed nothing.")]
    public required long Duplicate { get; init; }

    [Description("Records that could not be used; they are kept aside as dead letters.")]
    public required long Rejected { get; init; }

    [Description("Records that are no exchange of their own, by the reason; nothing is lost with them.")]
    public required IReadOnlyList<GatewaySkip> Skipped { get; init; }

    [Description("Why records were rejected, for the first of them; line is the record in the body, from 1.")]
    public required IReadOnlyList<IngestReason> Reasons { get; init; }

    [Description("Rejected records that reasons does not name.")]
    public required long ReasonsOmitted { get; init; }
}

/// <summary>How many records were skipped for one reason.</summary>
internal sealed record GatewaySkip
{
    [Description("partial_stream, duplicate, not_gen_ai or not_a_model_call.")]
    public required string Code { get; init; }

    [Description("How many.")]
    public required long Count { get; init; }
}

/// <summary>What OTLP/HTTP answers to logs and traces: empty when all was taken.</summary>
internal sealed record OtlpAnswer
{
    [Description("What was not taken; absent when all was.")]
    [JsonPropertyName("partialSuccess")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OtlpPartialSuccess? PartialSuccess { get; init; }
}

/// <summary>What of an export request was not taken.</summary>
internal sealed record OtlpPartialSuccess
{
    [Description("Log records that could not be used, as text.")]
    [JsonPropertyName("rejectedLogRecords")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RejectedLogRecords { get; init; }

    [Description("Spans that could not be used, as text.")]
    [JsonPropertyName("rejectedSpans")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RejectedSpans { get; init; }

    [Description("Why, for the first of them.")]
    [JsonPropertyName("errorMessage")]
    public required string ErrorMessage { get; init; }
}
