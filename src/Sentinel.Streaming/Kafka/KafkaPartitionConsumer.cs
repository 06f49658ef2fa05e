using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Reads one topic as a member of a group and drives one lane for each partition that the group assigns. One thread
/// polls and never waits for a lane: a partition whose inbox is full is paused, so the group never takes a slow process
/// for a dead one. An offset is stored when its lane calls it durable, and committed while the partition is still ours.
/// </summary>
/// <remarks><see cref="RunAsync"/> once; <see cref="Statuses"/> from any thread.</remarks>
public sealed partial class KafkaPartitionConsumer
{
    private const int PollMs = 50;
    private const int BusyPollMs = 5;
    private const int FullWaitMs = 20; // For lanes that nearly keep up: pausing drops what was prefetched.
    private const long ShareBytesMin = 2L << 20;
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _options;
    private readonly string _topic;
    private readonly string _group;
    private readonly Func<PartitionId, IPartitionLane> _createLane;
    private readonly TimeProvider _clock;
    private readonly Action<KafkaNotice> _notify;
    private readonly ClientEvents _events;
    private readonly PayloadScratch _scratch = new(ExchangeDecoder.LineBytesMax);
    private readonly Dictionary<int, Task> _left = []; // The last flow of each partition given up.
    private readonly object _attention = new(); // A monitor: the polling thread waits on it, lanes pulse it.
    private bool _isPulsed; // Under the monitor.
    private readonly BadRecords _bad = new();
    private int _shareCount; // Partitions that share the inbox's memory.
    private volatile AssignedPartition?[] _partitions = []; // By number; replaced whole by the polling thread.
    private PartitionQuestions? _questions;
    private volatile bool _needsAttention;
    private Exception? _fault;
    private long _tickedAt;
    private bool _isStarted;

    /// <summary>A consumer that does nothing until it runs.</summary>
    /// <param name="options">Options without faults.</param>
    /// <param name="topic">Full name of the topic.</param>
    /// <param name="group">The consumer group.</param>
    /// <param name="createLane">Makes the lane of a partition, on that lane's own flow.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="notify">Hears what people should know; called on several threads; must be quick.</param>
    public KafkaPartitionConsumer(
        KafkaOptions options,
        string topic,
        string group,
        Func<PartitionId, IPartitionLane> createLane,
        TimeProvider clock,
        Action<KafkaNotice> notify)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _options = options;
        _topic = topic;
        _group = group;
        _createLane = createLane;
        _clock = clock;
        _notify = notify;
        _events = new ClientEvents(options, notify, clock);
        _tickedAt = clock.GetTimestamp();
    }

    /// <summary>How each assigned partition stands.</summary>
    public IReadOnlyList<PartitionStatus> Statuses =>
        [.. _partitions.OfType<AssignedPartition>().Select(partition => partition.Status)];

    /// <summary>Places in the log where what the broker handed out was damaged: records are missing there.</summary>
    public long DamagedPlaces => _bad.Places;

    /// <summary>
    /// Reads until cancelled; then makes everything durable, commits, and leaves the group. Ends with the exception of
    /// the first lane that fails.
    /// </summary>
    /// <exception cref="LaneFaultedException">Kafka refuses this consumer for good.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("A consumer runs once.");
        }

        _isStarted = true;
        // A thread of its own, because the client's calls block.
        await Task.Factory.StartNew(
            () => Run(cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (_fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    private void Run(CancellationToken cancel)
    {
        using var consumer = Build();
        using var questions = new PartitionQuestions(consumer, _clock, _notify);
        _questions = questions;
        questions.Start(() => _partitions);
        try
        {
            consumer.Subscribe(_topic);
            while (!cancel.IsCancellationRequested && _fault is null)
            {
                Poll(consumer);
            }
        }
        catch (KafkaException e)
        {
            Fail(new LaneFaultedException(FaultText.Sentence(e.Error, _options), e));
        }
        finally
        {
            questions.Stop();
            Leave(consumer);
        }
    }

    private void Leave(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        try
        {
            consumer.Close(); // Calls Revoke with all that is left.
        }
        catch (KafkaException e)
        {
            _events.OnError(e.Error); // Nobody to say good-bye to; the group finds out by itself.
        }

        GiveUp([.. _partitions.OfType<AssignedPartition>()], flush: false);
    }

    private IConsumer<PayloadSlice, PayloadSlice> Build() =>
        new ConsumerBuilder<PayloadSlice, PayloadSlice>(ClientSettings.Consumer(_options, _group))
            .SetKeyDeserializer(_scratch)
            .SetValueDeserializer(_scratch)
            .SetErrorHandler((_, error) => _events.OnError(error))
            .SetLogHandler((_, line) => _events.OnLog(line))
            .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
            .SetPartitionsAssignedHandler((_, partitions) => Assign(partitions))
            .SetPartitionsRevokedHandler((consumer, partitions) => Revoke(consumer, partitions))
            .SetPartitionsLostHandler((_, partitions) => Lose(partitions))
            .Build();

    private void Poll(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        if (_clock.GetElapsedTime(_tickedAt) >= TickEvery)
        {
            _tickedAt = _clock.GetTimestamp();
            Tick(consumer);
        }

        var isBusy = _needsAttention && Attend(consumer);
        ConsumeResult<PayloadSlice, PayloadSlice>? result;
        _scratch.Clear();
        try
        {
            result = consumer.Consume(isBusy ? BusyPollMs : PollMs);
        }
        catch (ConsumeException e)
        {
            OnBadRecord(consumer, e);
            return;
        }

        if (result is null || Find(result.Partition.Value) is not { IsRunning: true } partition)
        {
            return;
        }

        if (result.IsPartitionEOF)
        {
            partition.ReachEnd(result.Offset.Value, _clock.GetUtcNow());
            return;
        }

        var message = result.Message;
        partition.Add(
            result.Offset.Value,
            _scratch[message.Key],
            _scratch[message.Value],
            ContentType.Of(message.Headers),
            message.Timestamp.UnixTimestampMs);
        if (partition.Inbox.HeldBytes >= InboxShare)
        {
            OnFull(consumer, partition);
        }
    }

    private long InboxShare => Math.Max(ShareBytesMin, _options.InboxBytesMax / Math.Max(1, _shareCount));

    private AssignedPartition? Find(int number)
    {
        var partitions = _partitions;
        return number < partitions.Length ? partitions[number] : null;
    }

    private void OnFull(IConsumer<PayloadSlice, PayloadSlice> consumer, AssignedPartition partition)
    {
        partition.IsPaused = true; // The lane now signals after each batch.
        var until = _clock.GetTimestamp();
        while (partition.Inbox.HeldBytes >= InboxShare)
        {
            var left = FullWaitMs - (int)_clock.GetElapsedTime(until).TotalMilliseconds;
            if (left <= 0 || !WaitForAttention(left))
            {
                consumer.Pause([new TopicPartition(_topic, partition.Id.Partition)]);
                _needsAttention = true;
                return;
            }
        }

        partition.IsPaused = false;
    }

    /// <summary>Looks at every partition for what its lane waits for. Returns whether more is expected soon.</summary>
    private bool Attend(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        _needsAttention = false;
        var isExpecting = false;
        foreach (var partition in _partitions)
        {
            if (partition is null)
            {
                continue;
            }

            if (partition.HasLeft)
            {
                OnLaneEnd(partition);
            }
            else if (partition.IsOpened)
            {
                isExpecting |= !TryPosition(consumer, partition);
            }
            else if (partition.IsPaused && partition.IsRunning)
            {
                isExpecting |= !TryResume(consumer, partition);
            }
            else
            {
                isExpecting |= !partition.IsRunning;
            }
        }

        _needsAttention |= isExpecting;
        return isExpecting;
    }

    /// <summary>A lane that ends unasked has failed.</summary>
    private void OnLaneEnd(AssignedPartition partition)
    {
        WaitFor(partition.Completion, _options.RevokeTimeout);
        Fail(partition.Completion.Exception?.InnerException
            ?? new LaneFaultedException($"The lane of {partition.Id} ended unasked."));
    }

    private void Fail(Exception fault) => _fault ??= fault;

    private static bool TryPosition(IConsumer<PayloadSlice, PayloadSlice> consumer, AssignedPartition partition)
    {
        var place = new TopicPartition(partition.Id.Topic, partition.Id.Partition);
        try
        {
            // In this order: what was fetched before is of an older version then, and the client drops it.
            consumer.Resume([place]);
            consumer.Seek(new TopicPartitionOffset(place, partition.Start));
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_State or ErrorCode.Local_InProgress)
        {
            return false; // The client has not begun with the partition.
        }

        partition.IsPaused = false;
        partition.Run();
        return true;
    }

    private bool TryResume(IConsumer<PayloadSlice, PayloadSlice> consumer, AssignedPartition partition)
    {
        if (partition.Inbox.HeldBytes > InboxShare / 2)
        {
            return false;
        }

        consumer.Resume([new TopicPartition(_topic, partition.Id.Partition)]);
        partition.IsPaused = false;
        return true;
    }

    private void Tick(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        _needsAttention = true;
        foreach (var partition in _partitions)
        {
            if (partition is { IsRunning: true })
            {
                partition.Tick();
                Store(consumer, partition);
            }
        }
    }

    /// <summary>Hands the durable offset to the client, which commits it within a second or on giving up.</summary>
    private void Store(IConsumer<PayloadSlice, PayloadSlice> consumer, AssignedPartition partition)
    {
        var durable = partition.DurableOffset;
        if (durable <= partition.CommittedOffset)
        {
            return;
        }

        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(_topic, partition.Id.Partition, durable));
            partition.CommittedOffset = durable;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_State)
        {
            // No longer ours: the next owner reads it again.
        }
    }

    private void Attention()
    {
        _needsAttention = true;
        lock (_attention)
        {
            _isPulsed = true;
            Monitor.Pulse(_attention);
        }
    }

    private bool WaitForAttention(int milliseconds)
    {
        lock (_attention)
        {
            var isPulsed = _isPulsed || Monitor.Wait(_attention, milliseconds);
            _isPulsed = false;
            return isPulsed;
        }
    }

    private void OnBadRecord(IConsumer<PayloadSlice, PayloadSlice> consumer, ConsumeException e)
    {
        if (FaultText.IsForGood(e.Error))
        {
            Fail(new LaneFaultedException(FaultText.Sentence(e.Error, _options), e));
            return;
        }

        var place = e.ConsumerRecord?.TopicPartitionOffset;
        if (!BadRecords.IsDamage(e.Error)
            || place is null
            || Find(place.Partition.Value) is not { IsRunning: true } partition)
        {
            _events.OnError(e.Error);
            return;
        }

        if (_bad.IsToBePassed(place, partition.Position, out var next))
        {
            Tell(
                KafkaNoticeLevel.Wrong,
                $"A record of {partition.Id} at offset {next - 1} is damaged on the broker and was passed"
                + $" over: {e.Error.Reason}");
            consumer.Seek(new TopicPartitionOffset(new TopicPartition(_topic, place.Partition), next));
            partition.Pass(next);
            return;
        }

        _events.OnError(e.Error);
    }

    private void Tell(KafkaNoticeLevel level, string text) => _notify(new KafkaNotice(level, text));
}
