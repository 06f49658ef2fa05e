namespace Sentinel.Detection.State;

/// <summary>
/// Makes few segments of many without knowing what they hold: of every key the latest value stays, of every log the
/// two latest generations. Segments are taken newest first, one at a time, so that memory is bounded by one segment and
/// the keys seen.
/// </summary>
public sealed class SegmentCompactor
{
    private readonly SegmentWriter _writer = new();
    private readonly HashSet<(byte Section, ulong Key)> _keys = [];
    private readonly HashSet<byte> _singles = [];
    private readonly SortedDictionary<(byte Section, long Start), (int ItemBytes, int GenerationMax, byte[] Items)>
        _logs = [];

    /// <summary>Takes the next older segment.</summary>
    /// <exception cref="InvalidDataException">The bytes are no segment.</exception>
    public void TakeOlder(ReadOnlySpan<byte> segment)
    {
        // Within a segment the later record is the newer one.
        var records = new Records();
        SegmentReader.Read(segment, records);
        for (var i = records.Keyeds.Count - 1; i >= 0; i--)
        {
            var (section, key, value) = records.Keyeds[i];
            if (_keys.Add((section, key)) && value.Length > 0)
            {
                _writer.Keyed(section, key, value);
            }
        }

        for (var i = records.Singles.Count - 1; i >= 0; i--)
        {
            if (_singles.Add(records.Singles[i].Section))
            {
                _writer.Single(records.Singles[i].Section, records.Singles[i].Value);
            }
        }

        foreach (var (section, start, itemBytes, generationMax, items) in records.Logs)
        {
            _logs.TryAdd((section, start), (itemBytes, generationMax, items));
        }
    }

    /// <summary>The segments that say the same.</summary>
    public IReadOnlyList<byte[]> Finish()
    {
        var ends = new Dictionary<byte, long>();
        foreach (var ((section, start), log) in _logs)
        {
            ends[section] = Math.Max(ends.GetValueOrDefault(section), start + (log.Items.Length / log.ItemBytes));
        }

        foreach (var ((section, start), log) in _logs)
        {
            var first = Math.Max(0, (ends[section] / log.GenerationMax) - 1) * log.GenerationMax;
            var skipped = (int)Math.Clamp((first - start) * log.ItemBytes, 0, log.Items.Length);
            if (skipped < log.Items.Length)
            {
                _writer.Log(
                    section, start + (skipped / log.ItemBytes), log.ItemBytes, log.GenerationMax,
                    log.Items.AsSpan(skipped));
            }
        }

        return _writer.Finish();
    }

    private sealed class Records : ISegmentVisitor
    {
        public List<(byte Section, ulong Key, byte[] Value)> Keyeds { get; } = [];

        public List<(byte Section, byte[] Value)> Singles { get; } = [];

        public List<(byte Section, long Start, int ItemBytes, int GenerationMax, byte[] Items)> Logs { get; } = [];

        public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value) =>
            Keyeds.Add((section, key, value.ToArray()));

        public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items) =>
            Logs.Add((section, start, itemBytes, generationMax, items.ToArray()));

        public void Single(byte section, ReadOnlySpan<byte> value) => Singles.Add((section, value.ToArray()));
    }
}
