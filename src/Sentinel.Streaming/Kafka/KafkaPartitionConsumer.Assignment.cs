using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <content>What the group gives and takes, on the polling thread, within the client's callbacks.</content>
public sealed partial class KafkaPartitionConsumer
{
    private void Assign(List<TopicPartition> assigned)
    {
        var partitions = new AssignedPartition?[Math.Max(
            _partitions.Length, assigned.Count == 0 ? 0 : assigned.Max(place => place.Partition.Value) + 1)];
        _partitions.CopyTo(partitions, 0);
        foreach (var place in assigned)
        {
            var number = place.Partition.Value;
            var partition = new AssignedPartition(new PartitionId(_topic, number), _createLane, Attention);
            partitions[number] = partition;
            partition.Open(_questions!.CommittedAsync, _left.GetValueOrDefault(number, Task.CompletedTask));
            Tell(KafkaNoticeLevel.Lifecycle, $"{partition.Id} was assigned to this process.");
        }

        Replace(partitions);
        _needsAttention = true;
    }

    private void Replace(AssignedPartition?[] partitions)
    {
        _shareCount = partitions.Count(partition => partition is not null);
        _partitions = partitions;
    }

    private void Revoke(IConsumer<PayloadSlice, PayloadSlice> consumer, List<TopicPartitionOffset> revoked)
    {
        var given = GiveUp(Owned(revoked), flush: _fault is null);
        foreach (var partition in given.Where(partition => partition.Completion.IsCompletedSuccessfully))
        {
            Store(consumer, partition); // Still ours until this returns; the client commits it then.
        }
    }

    /// <summary>What the group refuses to note is read again: its effects are keyed, so that costs time and no more.</summary>
    private void OnCommitted(CommittedOffsets committed)
    {
        foreach (var place in committed.Offsets)
        {
            switch (place.Error.Code)
            {
                case ErrorCode.NoError or ErrorCode.Local_NoOffset:
                    break;
                case ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId:
                    Tell(
                        KafkaNoticeLevel.Degraded,
                        $"{new PartitionId(_topic, place.Partition.Value)} is read again by its next owner: the group did not"
                        + $" note offset {place.Offset.Value}, since it is changing hands ({place.Error.Reason}).");
                    break;
                default:
                    _events.OnError(place.Error);
                    break;
            }
        }
    }

    /// <summary>The group gave them to others without asking: nothing of theirs is stored any more.</summary>
    private void Lose(List<TopicPartitionOffset> lost)
    {
        foreach (var partition in GiveUp(Owned(lost), flush: false))
        {
            Tell(KafkaNoticeLevel.Degraded, $"{partition.Id} was lost: the group had not heard of this process.");
        }
    }

    private List<AssignedPartition> Owned(List<TopicPartitionOffset> places) =>
        [.. places.Select(place => Find(place.Partition.Value)).OfType<AssignedPartition>()];

    /// <summary>Ends lanes, all at once, within the deadline. A lane that takes longer is abandoned.</summary>
    private List<AssignedPartition> GiveUp(List<AssignedPartition> given, bool flush)
    {
        if (given.Count == 0)
        {
            return given;
        }

        given.ForEach(partition => partition.End(flush));
        var from = _clock.GetTimestamp();
        foreach (var partition in given)
        {
            var left = _options.RevokeTimeout - _clock.GetElapsedTime(from);
            if (!WaitFor(partition.Completion, left))
            {
                Tell(
                    KafkaNoticeLevel.Degraded,
                    $"{partition.Id} was given up before its work was durable: it took longer than"
                    + $" Kafka:RevokeTimeout, {_options.RevokeTimeout}.");
                partition.Abandon();
                WaitFor(partition.Completion, TickEvery);
            }

            if (partition.Completion.Exception?.InnerException is { } fault)
            {
                Fail(fault);
            }
        }

        Forget(given);
        return given;
    }

    private void Forget(List<AssignedPartition> given)
    {
        var partitions = (AssignedPartition?[])_partitions.Clone();
        foreach (var partition in given)
        {
            partitions[partition.Id.Partition] = null;
            _left[partition.Id.Partition] = partition.Completion;
            if (partition.Completion.IsCompleted)
            {
                partition.Dispose();
            }

            Tell(KafkaNoticeLevel.Lifecycle, $"{partition.Id} was given up at {partition.DurableOffset}.");
        }

        Replace(partitions);
    }

    /// <summary>Waits on the polling thread, because the client wants its answer before the callback returns.</summary>
    private static bool WaitFor(Task task, TimeSpan most) =>
        task.IsCompleted
        || ((IAsyncResult)task).AsyncWaitHandle.WaitOne(most > TimeSpan.Zero ? most : TimeSpan.Zero);
}
