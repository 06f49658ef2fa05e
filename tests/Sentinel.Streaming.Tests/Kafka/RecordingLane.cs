using System.Text;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>Writes down what it is given; what it has taken is durable when it is flushed, or at once.</summary>
internal sealed class RecordingLane(LaneRecorder recorder, PartitionId id) : IPartitionLane
{
    private long _taken;

    public long DurableOffset { get; private set; } = -1;

    public async Task<long> OpenAsync(long committedOffset, CancellationToken cancel)
    {
        recorder.OnOpen(id, committedOffset);
        await recorder.BeforeOpen(cancel);
        _taken = Math.Max(0, committedOffset - recorder.RereadRecords);
        DurableOffset = committedOffset;
        return _taken;
    }

    public async ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
    {
        await recorder.BeforeTake(id, cancel);
        for (var i = 0; i < records.Length; i++)
        {
            var record = records.Span[i];
            recorder.OnRecord(id, record, isFollowing: record.Offset == _taken, Encoding.UTF8.GetString(record.Key.Span));
            _taken = record.Offset + 1;
        }

        if (recorder.IsDurableAtOnce)
        {
            DurableOffset = Math.Max(DurableOffset, _taken);
        }
    }

    public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        recorder.OnIdle(id, since, now);
        return ValueTask.CompletedTask;
    }

    public Task FlushAsync(CancellationToken cancel)
    {
        recorder.OnFlush(id);
        DurableOffset = Math.Max(DurableOffset, _taken);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        recorder.OnDispose(id);
        return ValueTask.CompletedTask;
    }
}
