using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Preparation;

public sealed class PreparationPipelineTests
{
    private readonly FakeScorer _scorer = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task RunAsync_KeepsTheOrderOfTheInput(int workers)
    {
        // Workers end out of order: some batches take longer.
        var random = new Random(workers);
        _scorer.BeforeScore = () =>
        {
            int turns;
            lock (random)
            {
                turns = random.Next(400_000);
            }

            Thread.SpinWait(turns);
        };
        var seen = new List<string>();
        using var reader = new InputReader(TestInput.Of(("a.jsonl", TestInput.Good(3_000)), ("b.jsonl",
            TestInput.Good(900, 3_000))));
        await Pipeline(workers).RunAsync(reader, Collect(seen), CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 3_900).Select(i => $"ev-{i}"), seen);
        Assert.Equal([132, 184, .. Enumerable.Repeat(256, 14)], _scorer.Batches);
    }

    [Fact]
    public async Task RunAsync_SlowConsumer_HoldsTheReaderBack()
    {
        var pipeline = Pipeline(2);
        var text = TestInput.Good(40_000);
        var chunkBytes = text.Length / 40_000 * 256;
        var stream = new CountingStream(new MemoryStream(text));
        using var reader = new InputReader(TestInput.Of(stream));
        var consumed = 0;
        await pipeline.RunAsync(
            reader,
            chunk =>
            {
                consumed++;
                var chunksRead = stream.BytesRead / chunkBytes;
                Assert.InRange(chunksRead, 0, consumed + pipeline.SlotCount + 2);
                Thread.SpinWait(20_000);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        Assert.Equal(157, consumed);
    }

    [Fact]
    public async Task RunAsync_FailingScorer_TellsItsFailure()
    {
        var count = 0;
        _scorer.BeforeScore = () =>
        {
            if (Interlocked.Increment(ref count) == 5)
            {
                throw new InvalidOperationException("The model broke.");
            }
        };
        using var reader = new InputReader(TestInput.Of(TestInput.Good(30_000)));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Pipeline(2).RunAsync(reader, Collect([]), CancellationToken.None));
        Assert.Equal("The model broke.", failure.Message);
    }

    [Fact]
    public async Task RunAsync_FailingConsumer_TellsItsFailure()
    {
        using var reader = new InputReader(TestInput.Of(TestInput.Good(30_000)));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Pipeline(2).RunAsync(
            reader, _ => throw new InvalidOperationException("The disk is full."), CancellationToken.None));
        Assert.Equal("The disk is full.", failure.Message);
    }

    [Fact]
    public async Task RunAsync_FailingSource_ComesAfterWhatItGave()
    {
        var set = new InputSet(
            [
                new InputFile("a.jsonl", null, () => new MemoryStream(TestInput.Good(1_000))),
                new InputFile("b.jsonl", null, () => throw new IOException("gone")),
            ],
            []);
        using var reader = new InputReader(set);
        var seen = new List<string>();
        await Assert.ThrowsAsync<InputReadException>(() => Pipeline(2).RunAsync(reader, Collect(seen),
            CancellationToken.None));
        Assert.Equal(1_000, seen.Count);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        using var reader = new InputReader(TestInput.Of(TestInput.Good(50_000)));
        var consumed = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipeline(2).RunAsync(
            reader,
            async _ =>
            {
                if (++consumed == 3)
                {
                    await stop.CancelAsync();
                }
            },
            stop.Token));
        Assert.InRange(consumed, 3, 12);
    }

    private PreparationPipeline Pipeline(int workers) => new(_scorer, workers, TimeProvider.System, SecondOpinionLimits.Lane);

    private static Func<PreparedChunk, ValueTask> Collect(List<string> seen) => chunk =>
    {
        foreach (var id in chunk.EventIds)
        {
            seen.Add(id.ToString());
        }

        return ValueTask.CompletedTask;
    };

    private sealed class CountingStream(Stream inner) : Stream
    {
        private long _bytesRead;

        public long BytesRead => Volatile.Read(ref _bytesRead);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set =>
            throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            Volatile.Write(ref _bytesRead, _bytesRead + count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
