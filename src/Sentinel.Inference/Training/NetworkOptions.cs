using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>Shape of the network and how it learns. The defaults won on families left out.</summary>
internal sealed record NetworkOptions
{
    /// <summary>Outputs: harvest, then the content kinds.</summary>
    public const int OutputCount = 1 + ContentKinds.Count;

    /// <summary>Numbers per feature; a multiple of 8.</summary>
    public int Dimension { get; init; } = 8;

    /// <summary>Hidden units, a multiple of 8; 0: the first numbers of a feature are its say in each output.</summary>
    public int HiddenCount { get; init; }

    /// <summary>Groups in which a feature must occur to be learned: what only one pipeline says is its topic.</summary>
    public int GroupsPerFeatureMin { get; init; } = 3;

    /// <summary>Share of the groups that each of several averaged networks sees.</summary>
    public double GroupShare { get; init; } = 0.7;

    /// <summary>Features left out of a drawn prompt, share.</summary>
    public double FeatureDropout { get; init; } = 0.3;

    /// <summary>Templated prompts that get the slots of another prompt, share.</summary>
    public double TransplantShare { get; init; } = 1;

    /// <summary>Weight of authored families against found ones, share of the drawn prompts.</summary>
    public double AuthoredShare { get; init; } = 0.5;

    /// <summary>Prompts drawn.</summary>
    public int DrawCount { get; init; } = 60_000;

    /// <summary>Prompts per step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Adagrad's rate.</summary>
    public float LearningRate { get; init; } = 0.05f;

    /// <summary>Pull of every touched number towards 0.</summary>
    public float Decay { get; init; } = 1e-4f;

    /// <summary>Label smoothing.</summary>
    public float Smoothing { get; init; } = 0.03f;

    /// <summary>Added to the number of known features before the root that divides their sum.</summary>
    public float PoolOffset { get; init; } = 16;

    /// <summary>Whether the length of a prompt is a feature.</summary>
    public bool UsesLength { get; init; }
}
