using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Readings;

/// <summary>
/// What stays of a prompt when its slots change. Three anchors, each a 64-bit key or 0: the system prompt, the first
/// words and the last words of the last user message, all masked (digits, quoted text and links count as slots). And
/// 16 minima over masked three-word shingles of the prompt, whose share of equal positions estimates how alike two
/// frames are.
/// </summary>
public struct FrameSketch
{
    /// <summary>Positions of the sketch.</summary>
    public const int Length = 16;

    private MinimaCells _minima;

    /// <summary>Key of the masked system prompt; 0 when there is none or it is too short to tell.</summary>
    public ulong SystemAnchor { get; set; }

    /// <summary>Key of the first masked words of the last user message; 0 when it is too short to tell.</summary>
    public ulong HeadAnchor { get; set; }

    /// <summary>Key of the last masked words of the last user message; 0 when it is too short to tell.</summary>
    public ulong TailAnchor { get; set; }

    /// <summary>The minima; all <see cref="uint.MaxValue"/> for an empty prompt.</summary>
    [UnscopedRef]
    public Span<uint> Minima => _minima;

    /// <summary>Share of equal positions, 0..1: an estimate of the Jaccard similarity of the two frames.</summary>
    public static float Similarity(in FrameSketch left, in FrameSketch right)
    {
        var equal = 0;
        for (var i = 0; i < Length; i++)
        {
            equal += left._minima[i] == right._minima[i] && left._minima[i] != uint.MaxValue ? 1 : 0;
        }

        return equal / (float)Length;
    }

    [InlineArray(Length)]
    private struct MinimaCells
    {
        private uint _first;
    }
}
