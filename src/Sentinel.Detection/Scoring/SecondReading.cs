using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Scoring;

/// <summary>What a second tier read of a frame: a logit of harvest and one of each kind, not calibrated.</summary>
public struct SecondReading
{
    /// <summary>Logits: harvest, then the kinds.</summary>
    public const int Length = 1 + ContentKinds.Count;

    private Cells _logits;

    /// <summary>The logits.</summary>
    [UnscopedRef]
    public Span<float> Logits => _logits;

    /// <summary>One of them.</summary>
    public readonly float this[int output] => _logits[output];

    [InlineArray(Length)]
    private struct Cells
    {
        private float _first;
    }
}
