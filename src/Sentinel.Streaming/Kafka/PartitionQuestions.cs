using Confluent.Kafka;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// What the polling thread would have to wait for: where the group stands, and where partitions end. The ends are asked
/// for once a second on a thread of their own: that nothing is left is only known while the broker says so.
/// </summary>
internal sealed class PartitionQuestions(
    IConsumer<PayloadSlice, PayloadSlice> consumer, TimeProvider clock, Action<KafkaNotice> notify) : IDisposable
{
    private const int TriesMax = 300;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _stop = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;

    public void Start(Func<AssignedPartition?[]> partitions) => _work = Task.Factory.StartNew(
        () => Work(partitions), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Returns when nothing more is asked; a question under way is waited for.</summary>
    public void Stop()
    {
        _stop.Set();
        _stopping.Cancel();
        ((IAsyncResult)_work).AsyncWaitHandle.WaitOne();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The group's offset, or the partition's first one where it has none or an impossible one.</summary>
    /// <exception cref="LaneFaultedException">The brokers did not answer for ten minutes.</exception>
    public async Task<long> CommittedAsync(PartitionId id, CancellationToken cancel)
    {
        var place = new TopicPartition(id.Topic, id.Partition);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stopping.Token);
        for (var tries = 1; ; tries++)
        {
            try
            {
                // On a pooled thread, for as long as the answer takes: once for each assignment.
                return await Task.Run(() => Committed(place), either.Token);
            }
            catch (KafkaException e) when (tries < TriesMax && !e.Error.IsFatal)
            {
                await Task.Delay(Every, clock, either.Token);
            }
            catch (KafkaException e)
            {
                throw new LaneFaultedException($"Kafka does not tell the group's offset of {id}: {e.Error.Reason}", e);
            }
        }
    }

    private long Committed(TopicPartition place)
    {
        var committed = consumer.Committed([place], Answer)[0].Offset;
        var ends = consumer.QueryWatermarkOffsets(place, Answer);
        if (committed.Value < 0)
        {
            return ends.Low.Value;
        }

        if (committed.Value >= ends.Low.Value && committed.Value <= ends.High.Value)
        {
            return committed.Value;
        }

        var text = committed.Value < ends.Low.Value
            ? $"the records from {committed.Value} to {ends.Low.Value} were deleted before they were read"
            : $"it ends at {ends.High.Value}, before the group's offset {committed.Value}; was the topic made anew?";
        notify(new KafkaNotice(
            KafkaNoticeLevel.Wrong,
            $"{place.Topic}[{place.Partition.Value}]: {text}. Reading goes on from {ends.Low.Value}."));
        return ends.Low.Value;
    }

    private void Work(Func<AssignedPartition?[]> partitions)
    {
        while (!_stop.Wait(Every))
        {
            foreach (var partition in partitions())
            {
                if (partition is { IsRunning: true } && !_stop.IsSet)
                {
                    Ask(partition);
                }
            }
        }
    }

    private void Ask(AssignedPartition partition)
    {
        var place = new TopicPartition(partition.Id.Topic, partition.Id.Partition);
        try
        {
            var askedAt = clock.GetUtcNow();
            // While records come, the last fetch has told the end; only silence needs a question.
            var ends = partition.Idle is null
                ? consumer.GetWatermarkOffsets(place)
                : consumer.QueryWatermarkOffsets(place, Answer);
            if (ends.High.Value >= 0)
            {
                partition.HearEnd(ends.High.Value, askedAt);
            }
        }
        catch (KafkaException)
        {
            // No answer, so nothing is known: the lane is not told that nothing came.
        }
    }
}
