using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>Shape of a network and how it learns. The defaults won on families left out.</summary>
internal sealed record NetworkOptions
{
    /// <summary>Outputs: harvest, then the content kinds.</summary>
    public const int OutputCount = 1 + ContentKinds.Count;

    /// <summary>Without a hidden layer: strongest at telling harvest from innocence in families never seen.</summary>
    public static NetworkOptions Wide { get; } = new();

    /// <summary>With a hidden layer: strongest at telling the kinds apart.</summary>
    public static NetworkOptions Deep { get; } = new() { HiddenCount = 16 };

    /// <summary>Numbers per feature; a multiple of 8.</summary>
    public int Dimension { get; init; } = 8;

    /// <summary>Hidden units, a multiple of 8; 0: the first numbers of a feature are its say in each output.</summary>
    public int HiddenCount { get; init; }

    /// <summary>Groups in which a feature must occur to be learned: what only one pipeline says is its topic.</summary>
    public int GroupsPerFeatureMin { get; init; } = 3;

    /// <summary>Share of the groups that each of several averaged networks sees.</summary>
    public double GroupShare { get; init; } = 0.85;

    /// <summary>Features left out of a drawn prompt, share.</summary>
    public double FeatureDropout { get; init; } = 0.2;

    /// <summary>Templated prompts that get the slots of another prompt, share.</summary>
    public double TransplantShare { get; init; } = 1;

    /// <summary>
    /// Share of the drawn prompts that authored families give. They are many ideas, the found ones few pipelines: more
    /// than a half improved both on families left out.
    /// </summary>
    public double AuthoredShare { get; init; } = 0.85;

    /// <summary>Prompts drawn.</summary>
    public int DrawCount { get; init; } = 120_000;

    /// <summary>Adagrad's rate.</summary>
    public float LearningRate { get; init; } = 0.05f;

    /// <summary>Pull of every touched number towards 0.</summary>
    public float Decay { get; init; } = 1e-4f;

    /// <summary>Weight of a prompt of a kind against one that is not, for that kind's output.</summary>
    public float KindBoost { get; init; } = 3;

    /// <summary>Logit of a kind where nothing is known: about one prompt in fourteen, boosted.</summary>
    public float KindPriorLogit => MathF.Log(KindBoost / 13);

    /// <summary>Label smoothing.</summary>
    public float Smoothing { get; init; } = 0.03f;

    /// <summary>Added to the number of known features before the root that divides their sum.</summary>
    public float PoolOffset { get; init; } = 16;

    /// <summary>Whether the length of a prompt is a feature.</summary>
    public bool UsesLength { get; init; }
}
