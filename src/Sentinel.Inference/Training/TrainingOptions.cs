namespace Sentinel.Inference.Training;

/// <summary>What <see cref="ModelTrainer"/> trains on, and where the model goes.</summary>
public sealed record TrainingOptions
{
    /// <summary>Folder of published pipelines (<c>*.jsonl.gz</c>), or null: the authored bank alone.</summary>
    public required string? CorporaFolder { get; init; }

    /// <summary>Folder of the authored bank (<c>frames/</c>, <c>slots/</c>), or null.</summary>
    public required string? BankFolder { get; init; }

    /// <summary>Folder that gets the model: <c>model.onnx, manifest.json, card.md, golden.jsonl</c>.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>File of prompts whose scores are kept as golden, or null.</summary>
    public string? GoldenPromptsFile { get; init; }

    /// <summary>Name of the model.</summary>
    public string Name { get; init; } = Models.ModelFolder.Tier1Name;

    /// <summary>Version of the model.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Seed of all chance: the same input and seed give the same model, byte for byte.</summary>
    public int Seed { get; init; } = 20261122;

    /// <summary>Folds of the groups that are left out in turn.</summary>
    public int FoldCount { get; init; } = 8;

    /// <summary>
    /// Wide networks that are averaged, each trained on its own share of the groups; they cost nothing to run.
    /// </summary>
    public int WideCount { get; init; } = 8;

    /// <summary>Deep networks that are averaged; each makes scoring slower by a fifth.</summary>
    public int DeepCount { get; init; } = 2;

    /// <summary>Prompts kept of one template of a corpus: 65,000 rows shrink to 20,000, no template lost.</summary>
    public int PromptsPerTemplateMax { get; init; } = 120;

    /// <summary>Times that a frame of the bank is filled.</summary>
    public int FillingsMax { get; init; } = 8;

    /// <summary>Folds trained at once.</summary>
    public int ThreadsMax { get; init; } = 2;

    internal NetworkOptions Wide { get; init; } = NetworkOptions.Wide;

    internal NetworkOptions Deep { get; init; } = NetworkOptions.Deep;
}

/// <summary>How far a training is.</summary>
/// <param name="Step">What is done now.</param>
/// <param name="Share">Share of the whole, 0..1.</param>
public readonly record struct TrainingProgress(string Step, double Share);
