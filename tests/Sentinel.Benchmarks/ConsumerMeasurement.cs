using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing.Kafka;

namespace Sentinel.Benchmarks;

/// <summary>
/// Records a second that a consumer reads whose lanes do nothing but touch every byte: what real lanes are held
/// against. Run by <c>dotnet run -c Release -- consumer</c>; needs the real broker that <c>./sentinel test</c> brings.
/// </summary>
internal static class ConsumerMeasurement
{
    private const string Prefix = "bench";

    public static async Task RunAsync()
    {
        if (LegacyBroker.Lacking is { } lacking)
        {
            Console.WriteLine(lacking);
            return;
        }

        await using var broker = await LegacyBroker.StartAsync(partitions: 2);
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

        for (var run = 1; run <= 3; run++)
        {
            using var stop = new CancellationTokenSource();
            var counted = new Counted(count);
            var consumer = new KafkaPartitionConsumer(
                options,
                topic,
                $"bench-{bytes}-{run}",
                _ => new TouchingLane(counted),
                TimeProvider.System,
                static _ => { });
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            var allocated = GC.GetTotalAllocatedBytes();
            var work = consumer.RunAsync(stop.Token);
            await Task.WhenAny(counted.All.Task, work);
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            await stop.CancelAsync();
            await work;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{bytes} B: read {counted.Rate:N0} records/s, {counted.Rate * bytes / 1e6:N0} MB/s from the first on; "
                + $"{processor.TotalMicroseconds / count:N2} us of processor and {allocated / count} B allocated each; "
                + $"written at {count / writing.Elapsed.TotalSeconds:N0}/s"));
        }
    }

    private static async Task WriteAsync(KafkaOptions options, string topic, int bytes, int count)
    {
        await using var writer = new KafkaRecordWriter(options, TimeProvider.System, static _ => { });
        var value = new byte[bytes];
        new Random(7).NextBytes(value);
        Task last = Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            last = await writer.WriteAsync(
                topic, i % 2, BitConverter.GetBytes((long)i), value, RecordFormat.Unknown, CancellationToken.None);
        }

        await last;
    }

    private sealed class Counted(int wanted)
    {
        private int _count;
        private long _from;
        private long _sum;

        public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double Rate { get; private set; }

        public void Add(int count, long sum)
        {
            Interlocked.CompareExchange(ref _from, Stopwatch.GetTimestamp(), 0);
            Interlocked.Add(ref _sum, sum);
            if (Interlocked.Add(ref _count, count) == wanted)
            {
                Rate = wanted / Stopwatch.GetElapsedTime(_from).TotalSeconds;
                All.TrySetResult();
            }
        }
    }

    private sealed class TouchingLane(Counted counted) : IPartitionLane
    {
        public long DurableOffset { get; private set; }

        public Task<long> OpenAsync(long committedOffset, CancellationToken cancel) => Task.FromResult(committedOffset);

        public ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
        {
            var sum = 0L;
            foreach (var record in records.Span)
            {
                foreach (var word in MemoryMarshal.Cast<byte, long>(record.Value.Span))
                {
                    sum += word;
                }
            }

            DurableOffset = records.Span[^1].Offset + 1;
            counted.Add(records.Length, sum);
            return ValueTask.CompletedTask;
        }

        public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel) =>
            ValueTask.CompletedTask;

        public Task FlushAsync(CancellationToken cancel) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
