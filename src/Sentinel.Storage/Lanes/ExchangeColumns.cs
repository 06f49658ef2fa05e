using System.Collections.Immutable;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

// The columns of the table `exchanges` that the program writes and reads, in the order in which ExchangeBlock fills
// them and ExchangeLog reads them: append, never reorder.
internal static class ExchangeColumns
{
    public static ImmutableArray<ColumnShape> All { get; } =
    [
        new("partition", "UInt32", 4),
        new("offset", "UInt64", 8),
        new("event_key", "UInt128", 16),
        new("occurred_at", "DateTime64(3, 'UTC')", 8),
        new("account_id", "String", ColumnShape.Text),
        new("account_created_at", "DateTime64(3, 'UTC')", 8),
        Key("org_key"),
        Key("plan_key"),
        Key("signup_route_key"),
        Key("email_domain_key"),
        Key("email_key"),
        Key("payment_key"),
        Key("phone_key"),
        Key("account_country_key"),
        Key("ip_key"),
        Key("ip_block_key"),
        Key("user_agent_key"),
        Key("ja4_key"),
        Key("device_key"),
        Key("model_key"),
        new("turn", "Int32", 4),
        new("sample_count", "Int32", 4),
        new("logprobs", "Bool", 1),
        new("reasoning", "UInt8", 1),
        new("refused", "Bool", 1),
        new("input_tokens", "Int32", 4),
        new("output_tokens", "Int32", 4),
        Key("reasoning_ref_issued_key"),
        new("reasoning_ref_keys", "Array(UInt64)", ColumnShape.ArrayOfKeys),
        Key("content_key"),
        Key("frame_system_key"),
        Key("frame_head_key"),
        Key("frame_tail_key"),
        new("frame_minima", "FixedString(64)", 64),
        Score("score_harvest"),
        Score("score_reasoning_extraction"),
        Score("score_grading_harvest"),
        Score("score_synthetic_data"),
        Score("score_capability_harvest"),
        Score("score_distribution_harvest"),
        Score("score_instruction_extraction"),
        Score("score_technique_probing"),
        new("embedding", "FixedString(16)", 16),
        new("excerpt", "String", ColumnShape.Text),
        new("output_bands", "Array(UInt64)", ColumnShape.ArrayOfKeys),
        new("material_bands", "Array(UInt64)", ColumnShape.ArrayOfKeys),
        new("tier", "UInt8", 1),
        Key("conversation_key"),
    ];

    /// <summary>The names, separated by commas.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(shape => shape.Name));

    private static ColumnShape Key(string name) => new(name, "UInt64", 8);

    private static ColumnShape Score(string name) => new(name, "UInt16", 2);
}
