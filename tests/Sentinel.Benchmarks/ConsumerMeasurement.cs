using System.Diagnostics;
using System.Globalization;
using Sentinel.Inference;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing.Kafka;

namespace Sentinel.Benchmarks;

/// <summary>
/// Records a second that a consumer reads whose lanes do nothing but touch every byte, and one whose lanes are real
/// account lanes: the same records of the same topic, by turns. The first third of each run is not counted: by then all
/// is compiled and every account is known. Run by <c>dotnet run -c Release -- consumer</c>; needs the real broker that
/// <c>./sentinel test</c> brings.
/// </summary>
internal static class ConsumerMeasurement
{
    private const string Prefix = "bench";
    private const int PartitionCount = 2;
    private const int LinkPartitionCount = 8;

    public static async Task RunAsync()
    {
        if (LegacyBroker.Lacking is { } lacking)
        {
            Console.WriteLine(lacking);
            return;
        }

        await using var broker = await LegacyBroker.StartAsync(PartitionCount);
        foreach (var (bytes, count) in new[] { (1_150, 600_000), (4_700, 200_000) })
        {
            await MeasureAsync(broker.Options, bytes, count);
        }
    }

    private static async Task MeasureAsync(KafkaOptions options, int bytes, int count)
    {
        var topic = string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{bytes}");
        var writing = Stopwatch.StartNew();
        await WriteAsync(options, topic, bytes, count);
        writing.Stop();

        using var scorer = OnnxScorer.LoadDefault();
        for (var run = 1; run <= 3; run++)
        {
            var touching = await ReadAsync(
                options, topic, $"touch-{bytes}-{run}", count, static _ => new TouchingLane());
            Print("touching", bytes, touching);
            var around = LaneSinks.Surroundings(Prefix);
            var judging = await ReadAsync(
                options, topic, $"lane-{bytes}-{run}", count,
                id => new AccountLane(around, scorer, id.Partition, LinkPartitionCount));
            Print("account lanes", bytes, judging);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{bytes} B: lanes reach {judging.Rate / touching.Rate:P0} of touching"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{bytes} B: written at {count / writing.Elapsed.TotalSeconds:N0}/s"));
    }

    private static async Task<Outcome> ReadAsync(
        KafkaOptions options, string topic, string group, int count, Func<PartitionId, IPartitionLane> createLane)
    {
        using var stop = new CancellationTokenSource();
        var counted = new Counted(count);
        var consumer = new KafkaPartitionConsumer(
            options,
            topic,
            group,
            id => new CountedLane(createLane(id), counted),
            TimeProvider.System,
            static _ => { });
        var processor = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var work = consumer.RunAsync(stop.Token);
        await Task.WhenAny(counted.All.Task, work);
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await stop.CancelAsync();
        await work;
        return new Outcome(counted.Rate, processor.TotalMicroseconds / count, allocated / count);
    }

    private static void Print(string what, int bytes, Outcome outcome) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{bytes} B, {what}: {outcome.Rate:N0} records/s, {outcome.Rate * bytes / 1e6:N0} MB/s; "
        + $"{outcome.ProcessorUs:N2} us of processor and {outcome.Bytes} B allocated each"));

    private static async Task WriteAsync(KafkaOptions options, string topic, int bytes, int count)
    {
        await using var writer = new KafkaRecordWriter(options, TimeProvider.System, static _ => { });
        using var records = new LaneRecords(bytes);
        Task last = Task.CompletedTask;
        for (var left = count; left > 0; left -= LaneRecords.RoundMax)
        {
            // The number of an account is as odd or even as its records' offsets: each stays in one partition.
            var round = records.NextRound();
            for (var i = 0; i < round.Length; i++)
            {
                last = await writer.WriteAsync(
                    topic,
                    i % PartitionCount,
                    BitConverter.GetBytes((long)i),
                    round.Span[i].Value,
                    RecordFormat.Unknown,
                    CancellationToken.None);
            }
        }

        await last;
    }

    private readonly record struct Outcome(double Rate, double ProcessorUs, long Bytes);

    private sealed class Counted(int wanted)
    {
        private readonly int _skipped = wanted / 3;
        private int _count;
        private long _from;

        public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double Rate { get; private set; }

        public void Add(int count)
        {
            var now = Interlocked.Add(ref _count, count);
            if (now >= _skipped && now - count < _skipped)
            {
                Interlocked.Exchange(ref _from, Stopwatch.GetTimestamp());
            }

            if (now == wanted)
            {
                Rate = (wanted - _skipped) / Stopwatch.GetElapsedTime(Interlocked.Read(ref _from)).TotalSeconds;
                All.TrySetResult();
            }
        }
    }

    private sealed class CountedLane(IPartitionLane lane, Counted counted) : IPartitionLane
    {
        public long DurableOffset => lane.DurableOffset;

        public Task<long> OpenAsync(long committedOffset, CancellationToken cancel) =>
            lane.OpenAsync(committedOffset, cancel);

        public async ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
        {
            await lane.TakeAsync(records, cancel);
            counted.Add(records.Length);
        }

        public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel) =>
            lane.IdleAsync(since, now, cancel);

        public Task FlushAsync(CancellationToken cancel) => lane.FlushAsync(cancel);

        public ValueTask DisposeAsync() => lane.DisposeAsync();
    }

    private sealed class TouchingLane : IPartitionLane
    {
        public long Sum { get; private set; }

        public long DurableOffset { get; private set; }

        public Task<long> OpenAsync(long committedOffset, CancellationToken cancel) => Task.FromResult(committedOffset);

        public ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
        {
            Sum += LaneMeasurement.Touch(records.Span);
            DurableOffset = records.Span[^1].Offset + 1;
            return ValueTask.CompletedTask;
        }

        public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel) =>
            ValueTask.CompletedTask;

        public Task FlushAsync(CancellationToken cancel) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
