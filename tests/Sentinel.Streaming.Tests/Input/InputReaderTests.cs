using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Input;

namespace Sentinel.Streaming.Tests.Input;

public sealed class InputReaderTests
{
    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("\n\n a\n \t\n\r\nb\n\n", " a|b")]
    [InlineData("\uFEFFa\nb", "\uFEFFa|b")]
    [InlineData("\uFEFF\r\na", "a")]
    [InlineData("\uFEFF", "")]
    [InlineData("", "")]
    [InlineData("\n", "")]
    [InlineData("a\rb\n", "a\rb")]
    public void TryRead_LineEnds(string text, string expected)
    {
        var lines = TestInput.ReadAll(TestInput.Of(Encoding.UTF8.GetBytes(text)), out var faults);
        Assert.Equal(expected, string.Join('|', lines.Select(line => line.Text)));
        Assert.Empty(faults);
    }

    [Fact]
    public void TryRead_Positions_CountBlankLinesAndBytes()
    {
        var lines = TestInput.ReadAll(TestInput.Of("é\r\n\n\nbb\nc"u8.ToArray()), out _);
        Assert.Equal([(1L, 0L), (4L, 6L), (5L, 9L)], lines.Select(line => (line.Line.Number, line.Line.ByteOffset)));
    }

    [Fact]
    public void TryRead_Chunks_DependOnTheBytesAlone()
    {
        var random = new Random(3);
        var text = TestInput.Lines(Enumerable.Range(0, 3_000).Select(i => i + new string('x', random.Next(20_000))));
        var whole = TestInput.ReadAll(TestInput.Of(text), out _);
        Assert.True(whole[^1].Chunk > 20);
        for (var seed = 0; seed < 5; seed++)
        {
            var stream = new DribblingStream(new MemoryStream(seed % 2 == 0 ? text : TestInput.Gzip(text)),
                new Random(seed));
            var dribbled = TestInput.ReadAll(TestInput.Of(stream), out _);
            Assert.Equal(
                whole.Select(line => (line.Chunk, line.Line, line.Text)),
                dribbled.Select(line => (line.Chunk, line.Line, line.Text)));
        }
    }

    [Fact]
    public void TryRead_Chunk_HoldsNoMoreThanItsLimits()
    {
        var lines = TestInput.ReadAll(TestInput.Of(TestInput.Lines(Enumerable.Repeat("x", 600))), out _);
        Assert.Equal([256, 256, 88], lines.GroupBy(line => line.Chunk).Select(chunk => chunk.Count()));

        var large = new string('y', LineChunk.BytesTarget / 2);
        lines = TestInput.ReadAll(TestInput.Of(TestInput.Lines(large, large, large)), out _);
        Assert.Equal([2, 1], lines.GroupBy(line => line.Chunk).Select(chunk => chunk.Count()));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void TryRead_LineAtTheLimit_IsWhole(string end)
    {
        var limit = new string('a', ExchangeDecoder.LineBytesMax);
        var text = Encoding.UTF8.GetBytes(limit + end + limit + "b" + end + "c");
        var lines = TestInput.ReadAll(TestInput.Of(text), out _);
        Assert.Equal([limit.Length, LineSplitter.HeadBytes, 1], lines.Select(line => line.Text.Length));
        Assert.Equal([false, true, false], lines.Select(line => line.Line.IsTooLong));
        Assert.Equal(limit.Length + 1, lines[1].Line.FullLength);
        Assert.Equal((2 * (limit.Length + end.Length)) + 1, lines[2].Line.ByteOffset);
    }

    [Fact]
    public void TryRead_HugeLine_IsSkippedInBoundedMemory()
    {
        const int Huge = 100 * 1024 * 1024;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var stream = new RepeatingStream("good\n"u8.ToArray(), Huge, "\nalso good\n"u8.ToArray());
        var lines = TestInput.ReadAll(TestInput.Of(stream), out _);
        Assert.Equal(["good", "also good"], lines.Where(line => !line.Line.IsTooLong).Select(line => line.Text));
        var huge = Assert.Single(lines, line => line.Line.IsTooLong);
        Assert.Equal((2, 5, Huge), (huge.Line.Number, huge.Line.ByteOffset, huge.Line.FullLength));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24L << 20);
    }

    [Fact]
    public void TryRead_TruncatedGzip_GivesAllThatCameBefore()
    {
        var text = TestInput.Good(2_000);
        var whole = TestInput.Gzip(text);
        foreach (var cut in (int[])[1, 3, 8, 9, whole.Length / 2, whole.Length - 30])
        {
            var set = TestInput.Of(("a.jsonl.gz", whole[..^cut]), ("b.jsonl", TestInput.Good(3)));
            var lines = TestInput.ReadAll(set, out var faults);
            var (source, fault) = Assert.Single(faults);
            Assert.Equal(("a.jsonl.gz", SourceFaultKind.TruncatedGzip), (source, fault.Kind));
            Assert.Equal(3, lines.Count(line => line.Source == "b.jsonl"));
            var given = string.Concat(lines.Where(line => line.Source != "b.jsonl").Select(line => line.Text + "\n"));
            Assert.StartsWith(fault.IsLineCut ? given[..^1] : given, Encoding.UTF8.GetString(text),
                StringComparison.Ordinal);
            Assert.Equal(lines.Count - 3 + (fault.IsLineCut ? 0 : 1), fault.Line);
            if (cut <= 8)
            {
                Assert.Equal(2_000, lines.Count - 3); // Only the end mark is missing.
            }
        }
    }

    [Fact]
    public void TryRead_CorruptGzip_GivesWhatCameBeforeAndGoesOn()
    {
        var gzip = TestInput.Gzip(TestInput.Good(20_000));
        gzip.AsSpan(gzip.Length / 2, 64).Fill(0xFF);
        var set = TestInput.Of(("a.jsonl.gz", gzip), ("b.jsonl", TestInput.Good(3)));
        var lines = TestInput.ReadAll(set, out var faults);
        Assert.Equal(SourceFaultKind.CorruptGzip, Assert.Single(faults).Fault.Kind);
        Assert.True(lines.Count(line => line.Source == "a.jsonl.gz" && line.Text.StartsWith('{')) > 1_000);
        Assert.Equal(3, lines.Count(line => line.Source == "b.jsonl"));
    }

    [Fact]
    public void TryRead_GzipThatIsNone_IsOneFault()
    {
        var noise = new byte[10_000];
        new Random(1).NextBytes(noise);
        noise[0] = 7;
        var lines = TestInput.ReadAll(TestInput.Of(("a.jsonl.gz", noise), ("b.jsonl.gz", TestInput.Good(2))),
            out var faults);
        Assert.Equal("corrupt_gzip", Assert.Single(faults).Fault.Code);
        Assert.Equal(2, lines.Count); // Text that is only named so is read as text.
    }

    [Fact]
    public void TryRead_GzipMembers_AreOneSource()
    {
        byte[] two = [.. TestInput.Gzip(TestInput.Good(5)), .. TestInput.Gzip(TestInput.Good(5, 5))];
        Assert.Equal(10, TestInput.ReadAll(TestInput.Of(two, "stdin"), out var faults).Count);
        Assert.Empty(faults);
    }

    [Fact]
    public void TryRead_EmptyFiles_AreFine()
    {
        var set = TestInput.Of(("a.jsonl", []), ("b.jsonl.gz", []), ("c.jsonl.gz", TestInput.Gzip([])), ("d.jsonl",
            TestInput.Good(1)));
        Assert.Single(TestInput.ReadAll(set, out var faults));
        Assert.Empty(faults);
    }

    [Fact]
    public void TryRead_BytesRead_AreThoseOfTheFiles()
    {
        var gzip = TestInput.Gzip(TestInput.Good(500));
        var set = TestInput.Of(("a.jsonl.gz", gzip), ("b.jsonl", TestInput.Good(10)));
        using var reader = new InputReader(set);
        var chunk = new LineChunk();
        while (reader.TryRead(chunk, CancellationToken.None))
        {
            Assert.InRange(reader.BytesRead, 1, set.BytesTotal!.Value);
        }

        Assert.Equal(set.BytesTotal, reader.BytesRead);
    }

    [Fact]
    public void TryRead_SourceThatCannotBeOpened_IsNamed()
    {
        var set = new InputSet([new InputFile("gone.jsonl", null, () => throw new FileNotFoundException("no"))], []);
        using var reader = new InputReader(set);
        var failure = Assert.Throws<InputReadException>(() => reader.TryRead(new LineChunk(), CancellationToken.None));
        Assert.Contains("gone.jsonl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyReader_StopsAtItsLimit()
    {
        var text = TestInput.Good(100);
        foreach (var (max, isTooLarge) in ((long, bool)[])[(text.Length, false), (text.Length - 1, true), (10, true)])
        {
            var reader = new BodyReader(new DribblingStream(new MemoryStream(text), new Random(1)), "http", max);
            var chunk = new LineChunk();
            var count = 0;
            while (await reader.TryReadAsync(chunk, CancellationToken.None))
            {
                count += chunk.LineCount;
            }

            Assert.Equal(isTooLarge, reader.IsTooLarge);
            Assert.True(isTooLarge ? count < 100 : count == 100);
        }
    }

    private sealed class RepeatingStream(byte[] before, long filler, byte[] after) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, before.Length + filler + after.Length - _at);
            for (var i = 0; i < count; i++, _at++)
            {
                buffer[i] = _at < before.Length ? before[_at]
                    : _at < before.Length + filler ? (byte)'z'
                    : after[_at - before.Length - filler];
            }

            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
