namespace Sentinel.Detection.Readings;

/// <summary>
/// Which parts of a first message could be somebody's output put in as material: the message itself; what stands between
/// its first and its last block; and all but the first, and all but the last. Blocks are parted by empty lines and by
/// lines without a letter or digit, as people and programs set off what they paste. Owned by one worker at a time.
/// </summary>
/// <remarks>One more pass of sketching where there are two blocks or more, none otherwise.</remarks>
internal sealed class MaterialReader
{
    /// <summary>Parts of one message, at most.</summary>
    public const int PartsMax = 4;

    // Twelve shingles take sixteen words: no part of fewer bytes has so many.
    private const int PartBytesMin = 32;

    private readonly uint[] _head = new uint[MinHashSketch.Length];
    private readonly uint[] _middle = new uint[MinHashSketch.Length];
    private readonly uint[] _tail = new uint[MinHashSketch.Length];
    private readonly uint[] _merged = new uint[MinHashSketch.Length];

    /// <summary>Fills the reading's material keys.</summary>
    /// <param name="content">The message.</param>
    /// <param name="whole">Its sketch.</param>
    /// <param name="reading">Gets the keys.</param>
    public void Read(ReadOnlySpan<byte> content, ReadOnlySpan<uint> whole, Reading reading)
    {
        if (!OutputBands.IsLongEnough(whole))
        {
            return;
        }

        reading.AddMaterial(whole);
        content = content[..EndOfWords(content)];
        var first = FirstBreak(content);
        if (first == content.Length)
        {
            return;
        }

        var last = LastBreak(content, first);
        var hasHead = TrySketch(content[..first], _head);
        var hasTail = TrySketch(content[last..], _tail);
        var hasMiddle = TrySketch(content[first..last], _middle);
        if (!hasMiddle)
        {
            Add(hasHead, _head, reading);
            Add(hasTail, _tail, reading);
            return;
        }

        Add(hasMiddle, _middle, reading);
        AddMerged(hasTail, _tail, reading);
        AddMerged(hasHead, _head, reading);
    }

    private static void Add(bool hasSketch, ReadOnlySpan<uint> sketch, Reading reading)
    {
        if (hasSketch && OutputBands.IsLongEnough(sketch))
        {
            reading.AddMaterial(sketch);
        }
    }

    // The sketch of two parts is the smaller of each pair of minima, but for the few shingles across the border.
    private void AddMerged(bool hasSketch, ReadOnlySpan<uint> sketch, Reading reading)
    {
        if (hasSketch)
        {
            for (var cell = 0; cell < _merged.Length; cell++)
            {
                _merged[cell] = Math.Min(_middle[cell], sketch[cell]);
            }

            Add(hasSketch: true, _merged, reading);
        }
    }

    private static bool TrySketch(ReadOnlySpan<byte> part, Span<uint> sketch) =>
        part.Length >= PartBytesMin && MinHashSketch.Compute(part, sketch);

    private static int EndOfWords(ReadOnlySpan<byte> content)
    {
        var end = content.Length;
        while (end > 0 && !IsOfWord(content[end - 1]))
        {
            end--;
        }

        return end;
    }

    // Where the first block ends that has any word; the length of the text where all is one block.
    private static int FirstBreak(ReadOnlySpan<byte> content)
    {
        var hasWords = false;
        for (var start = 0; start < content.Length;)
        {
            var length = content[start..].IndexOf((byte)'\n');
            var end = length < 0 ? content.Length : start + length;
            if (HasWord(content[start..end]))
            {
                hasWords = true;
            }
            else if (hasWords)
            {
                return start;
            }

            start = end + 1;
        }

        return content.Length;
    }

    // Where the last block begins that has any word; the first break where there are only two.
    private static int LastBreak(ReadOnlySpan<byte> content, int first)
    {
        var hasWords = false;
        for (var end = content.Length; end > first;)
        {
            var start = content[first..end].LastIndexOf((byte)'\n') + 1 + first;
            if (HasWord(content[start..end]))
            {
                hasWords = true;
            }
            else if (hasWords)
            {
                return start;
            }

            end = start - 1;
        }

        return first;
    }

    private static bool HasWord(ReadOnlySpan<byte> line)
    {
        foreach (var item in line)
        {
            if (IsOfWord(item))
            {
                return true;
            }
        }

        return false;
    }

    // Every byte of a character beyond ASCII counts as a letter: what else there is, is rare on a line of its own.
    private static bool IsOfWord(byte item) => item >= 0x80 || char.IsAsciiLetterOrDigit((char)item);
}
