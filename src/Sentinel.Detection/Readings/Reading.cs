using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// What one pass over a prompt yields, except the feature row, which goes into a <see cref="FeatureBatch"/>,
/// and the excerpt, which is read on demand. Reused;
/// owned by one worker at a time.
/// </summary>
public sealed class Reading
{
    private FrameSketch _frame;
    private readonly uint[] _contentSketch = new uint[Exchange.SketchLength];

    /// <summary>The frame's sketch.</summary>
    public ref FrameSketch Frame => ref _frame;

    /// <summary>Whether the last user message has any word, and so a sketch.</summary>
    public bool HasContentSketch { get; set; }

    /// <summary>MinHash of the last user message exactly as contract/sketch.md says; 64 minima.</summary>
    public Span<uint> ContentSketch => _contentSketch;

    /// <summary>Key of the last user message's normalised words: equal prompts have equal keys. 0 when empty.</summary>
    public ulong ContentKey { get; set; }

    /// <summary>Words read, all segments.</summary>
    public int WordCount { get; set; }
}
