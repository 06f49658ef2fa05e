using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.State;

public class SegmentCompactorTests
{
    [Fact]
    public void Finish_ManySegments_SaysWhatTheySaidInOrder()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var segments = Segments(random, random.Next(1, 9));
            var compactor = new SegmentCompactor();
            for (var i = segments.Count - 1; i >= 0; i--)
            {
                compactor.TakeOlder(segments[i]);
            }

            var (whole, compact) = (new Reading(), new Reading());
            segments.ForEach(segment => SegmentReader.Read(segment, whole));
            compactor.Finish().ToList().ForEach(segment => SegmentReader.Read(segment, compact));
            Assert.True(whole.Describe() == compact.Describe(), $"seed {seed}");
        }
    }

    [Fact]
    public void Finish_LongLog_KeepsTheTwoLatestGenerations()
    {
        var compactor = new SegmentCompactor();
        var writer = new SegmentWriter();
        writer.Log(7, start: 0, itemBytes: 1, generationMax: 10, [.. Enumerable.Range(0, 34).Select(static i => (byte)i)]);
        compactor.TakeOlder(writer.Finish().Single());
        var reading = new Reading();
        compactor.Finish().ToList().ForEach(segment => SegmentReader.Read(segment, reading));
        Assert.Equal(20, reading.LogStart);
        Assert.Equal([.. Enumerable.Range(20, 14).Select(static i => (byte)i)], reading.LogItems);
    }

    [Fact]
    public void Read_BrokenSegments_AreInvalidDataAndNothingElse()
    {
        var segment = Segments(new Random(3), 1)[0];
        for (var length = 1; length < segment.Length; length++)
        {
            Try(segment.AsSpan(0, length).ToArray());
        }

        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var broken = (byte[])segment.Clone();
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            Try(broken);
        }
    }

    private static void Try(byte[] segment)
    {
        try
        {
            SegmentReader.Read(segment, new Reading());
        }
        catch (InvalidDataException)
        {
            return; // What it is to be.
        }
    }

    private static List<byte[]> Segments(Random random, int count)
    {
        var (segments, logged) = (new List<byte[]>(), 0L);
        for (var i = 0; i < count; i++)
        {
            var writer = new SegmentWriter();
            for (var record = random.Next(1, 20); record > 0; record--)
            {
                var value = new byte[random.Next(5)]; // An empty one deletes.
                random.NextBytes(value);
                writer.Keyed((byte)random.Next(1, 3), (ulong)random.Next(12), value);
            }

            var items = new byte[8 * random.Next(1, 6)];
            random.NextBytes(items);
            writer.Log(9, logged, 8, generationMax: 1000, items);
            logged += items.Length / 8;
            writer.Single(4, [(byte)i]);
            segments.AddRange(writer.Finish());
        }

        return segments;
    }

    private sealed class Reading : ISegmentVisitor
    {
        private readonly SortedDictionary<(byte, ulong), string> _keyed = [];
        private readonly SortedDictionary<byte, string> _single = [];

        public long LogStart { get; private set; } = -1;

        public List<byte> LogItems { get; } = [];

        public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value)
        {
            _keyed.Remove((section, key));
            if (value.Length > 0)
            {
                _keyed[(section, key)] = Convert.ToHexString(value);
            }
        }

        public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items)
        {
            LogStart = LogStart < 0 ? start : LogStart;
            LogItems.AddRange(items);
        }

        public void Single(byte section, ReadOnlySpan<byte> value) => _single[section] = Convert.ToHexString(value);

        public string Describe() =>
            $"{string.Join(';', _keyed)} {string.Join(';', _single)} {LogStart} {Convert.ToHexString(LogItems.ToArray())}";
    }
}
