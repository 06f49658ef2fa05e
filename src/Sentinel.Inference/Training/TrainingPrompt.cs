namespace Sentinel.Inference.Training;

/// <summary>Prompts that were made in one way: a published pipeline, or one idea of the authored bank.</summary>
internal sealed class PromptFamily
{
    /// <summary>Name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>What is held out together: families of one repository share it.</summary>
    public required string Group { get; init; }

    /// <summary>Kind of harvest, or class of innocent use.</summary>
    public required string Class { get; init; }

    /// <summary>Bit by content kind; 0 for innocent use.</summary>
    public required int KindMask { get; init; }

    /// <summary>Whether it was written for training rather than found.</summary>
    public required bool IsAuthored { get; init; }

    /// <summary>Whether it comes from analysts' rulings.</summary>
    public bool IsRuled { get; init; }

    /// <summary>Whether any kind applies.</summary>
    public bool IsHarvest => KindMask != 0;

    /// <summary>Its templates.</summary>
    public List<PromptTemplate> Templates { get; } = [];
}

/// <summary>One frame of a family, with prompts made from it.</summary>
internal sealed class PromptTemplate
{
    /// <summary>Name within the family.</summary>
    public required string Name { get; init; }

    /// <summary>Prompts.</summary>
    public List<TrainingPrompt> Prompts { get; } = [];

    /// <summary>Whether there is enough of a frame to put other slots into.</summary>
    public bool HasFrame { get; set; }
}

/// <summary>One prompt as features; its text is not kept.</summary>
internal sealed class TrainingPrompt
{
    /// <summary>Language code, or empty.</summary>
    public required string Language { get; init; }

    /// <summary>Whether text alone does not tell abuse from legitimate use.</summary>
    public required bool IsDualUse { get; init; }

    /// <summary>All feature ids, as read.</summary>
    public required int[] Features { get; init; }

    /// <summary>
    /// What a second tier reads: piece, sense and concept of one place after another; empty where none is trained.
    /// </summary>
    public ushort[] Pieces { get; init; } = [];

    /// <summary>Features that most prompts of the template share.</summary>
    public int[] Frame { get; set; } = [];

    /// <summary>The other features.</summary>
    public int[] Slots { get; set; } = [];
}
