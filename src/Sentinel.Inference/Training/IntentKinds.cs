using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>Which content kinds the intents of corpora and the kinds of the bank stand for.</summary>
internal static class IntentKinds
{
    /// <summary>Bit by <see cref="ContentKind"/>; 0 for innocent use.</summary>
    public static int MaskOf(string intent)
    {
        if (intent.StartsWith("benign", StringComparison.Ordinal))
        {
            return 0;
        }

        var named = ContentKinds.Names.IndexOf(intent);
        var kind = named >= 0 ? (ContentKind)named : intent switch
        {
            "cot_elicitation" => ContentKind.ReasoningExtraction,
            "reward_grading" or "preference_ranking" => ContentKind.GradingHarvest,
            "synthetic_data_generation" or "rewriting_for_training" => ContentKind.SyntheticData,
            "agentic_tool_traces" or "capability_targeted_qa" => ContentKind.CapabilityHarvest,
            _ => throw new InvalidDataException($"Unknown intent {intent}."),
        };
        return 1 << (int)kind;
    }
}
