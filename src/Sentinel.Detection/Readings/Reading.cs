using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// What one pass over a prompt yields, except the feature row, which goes into a <see cref="FeatureBatch"/>. Reused;
/// owned by one worker at a time.
/// </summary>
public sealed class Reading
{
    /// <summary>Longest excerpt kept, bytes.</summary>
    public const int ExcerptBytesMax = 640;

    private FrameSketch _frame;
    private readonly uint[] _contentSketch = new uint[Exchange.SketchLength];
    private readonly ulong[] _materialBands = new ulong[MaterialReader.PartsMax * OutputBands.Count];
    private int _materialCount;

    /// <summary>The frame's sketch.</summary>
    public ref FrameSketch Frame => ref _frame;

    /// <summary>Whether the last user message has any word, and so a sketch.</summary>
    public bool HasContentSketch { get; set; }

    /// <summary>MinHash of the last user message exactly as contract/sketch.md says; 64 minima.</summary>
    public Span<uint> ContentSketch => _contentSketch;

    /// <summary>
    /// Bands of the parts of a conversation's first message by which an output is recognised that is put in as material;
    /// none in later turns, where outputs come back as a matter of course.
    /// </summary>
    public ReadOnlySpan<ulong> MaterialBands => _materialBands.AsSpan(0, _materialCount);

    /// <summary>Key of the last user message's normalised words: equal prompts have equal keys. 0 when empty.</summary>
    public ulong ContentKey { get; set; }

    /// <summary>
    /// The prompt's first and last words with digits, quoted text, links and e-mail addresses masked; at most
    /// <see cref="ExcerptBytesMax"/> bytes. Three parts, each possibly empty, separated by U+241F: beginning of the
    /// system prompt, beginning of the last user message, its end. Masks are ⟨…⟩, line breaks ⏎.
    /// </summary>
    public Utf8Text Excerpt { get; } = new();

    /// <summary>Words read, all segments.</summary>
    public int WordCount { get; set; }

    /// <summary>Whether the last user message holds no words to judge by, such as base64: scores say nothing.</summary>
    public bool IsUnreadable { get; set; }

    internal void ClearMaterial() => _materialCount = 0;

    internal void AddMaterial(ReadOnlySpan<uint> sketch)
    {
        OutputBands.Fill(sketch, _materialBands.AsSpan(_materialCount));
        _materialCount += OutputBands.Count;
    }
}
