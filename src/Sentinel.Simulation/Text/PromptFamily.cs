using System.Collections.Immutable;

namespace Sentinel.Simulation.Text;

/// <summary>One way to word a prompt: what stays from exchange to exchange, with slots for what changes.</summary>
/// <param name="Language">ISO 639-1.</param>
/// <param name="System">System prompt, or null.</param>
/// <param name="Users">Wordings of the user's text; a turn uses one.</param>
/// <param name="Replies">What the model answers; a turn gets one.</param>
/// <param name="Background">Sentences of the language that fill a first message up to its account's length.</param>
internal sealed record PromptFrame(
    string Language,
    TextTemplate? System,
    ImmutableArray<TextTemplate> Users,
    ImmutableArray<TextTemplate> Replies,
    TextWords Background);

/// <summary>Frames of one purpose.</summary>
/// <param name="Name">As recipes call it.</param>
/// <param name="Wanders">Whether an account words every exchange anew (a person) or keeps a frame (a program).</param>
/// <param name="RefusedShare">Share of its exchanges that the model refuses, whoever sends them.</param>
/// <param name="Frames">All frames.</param>
internal sealed record PromptFamily(string Name, bool Wanders, double RefusedShare, ImmutableArray<PromptFrame> Frames)
{
    /// <summary>Share that is refused of what is asked in good faith.</summary>
    public const double RefusedShareUsual = 0.012;

    private readonly Dictionary<string, PromptFrame[]> _byLanguage = Frames
        .GroupBy(frame => frame.Language)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>A frame of the language, or of any where the family does not speak it.</summary>
    public PromptFrame Draw(string language, ref Chance chance) =>
        _byLanguage.TryGetValue(language, out var frames)
            ? frames[chance.Below(frames.Length)]
            : Frames[chance.Below(Frames.Length)];

    /// <summary>A frame of any language.</summary>
    public PromptFrame DrawAny(ref Chance chance) => Frames[chance.Below(Frames.Length)];
}
