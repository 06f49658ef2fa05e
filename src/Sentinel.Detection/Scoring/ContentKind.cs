using System.Collections.Immutable;

namespace Sentinel.Detection.Scoring;

/// <summary>
/// What the content of one request can show (the content kinds of the outside contract). The numbers are positions in
/// score rows: append, never reorder.
/// </summary>
public enum ContentKind : byte
{
    /// <summary>Makes the model write out reasoning to collect it.</summary>
    ReasoningExtraction,

    /// <summary>Uses the model as judge, reward model or preference labeller for training.</summary>
    GradingHarvest,

    /// <summary>Has it write training data.</summary>
    SyntheticData,

    /// <summary>Collects answers over one valuable capability.</summary>
    CapabilityHarvest,

    /// <summary>Collects token probabilities or many samples.</summary>
    DistributionHarvest,

    /// <summary>Extracts system prompts, skills or tool definitions.</summary>
    InstructionExtraction,

    /// <summary>Tries an extraction technique.</summary>
    TechniqueProbing,
}

/// <summary>Names and number of the content kinds.</summary>
public static class ContentKinds
{
    /// <summary>How many there are.</summary>
    public const int Count = 7;

    /// <summary>Names as in the contract, in the order of <see cref="ContentKind"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "reasoning_extraction", "grading_harvest", "synthetic_data", "capability_harvest", "distribution_harvest",
        "instruction_extraction", "technique_probing",
    ];
}
