using System.Collections.Immutable;

namespace Sentinel.Streaming.Adapters;

/// <summary>Why a record of a gateway is no exchange of its own. Nothing is lost with it.</summary>
public enum SkipReason : byte
{
    /// <summary>A piece of a stream whose end did not come with it.</summary>
    PartialStream,

    /// <summary>The call was told of before, in the same submission.</summary>
    Duplicate,

    /// <summary>Telemetry of something else.</summary>
    NotGenAi,

    /// <summary>Work around a model, or a question about models, and no call of one.</summary>
    NotModelCall,
}

/// <summary>What the reasons are called from outside.</summary>
public static class SkipReasons
{
    /// <summary>Stable codes in the order of the reasons.</summary>
    public static ImmutableArray<string> Codes { get; } =
        ["partial_stream", "duplicate", "not_gen_ai", "not_a_model_call"];
}
