using System.Buffers;
using Confluent.Kafka;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Reads a compacted topic from its beginning, all partitions, for ever, and hands the rows over in the order of each
/// partition. Belongs to no group: every process has the whole table. Knows how fresh it is: what was written before
/// the last time when it had read up to the ends that the brokers named.
/// </summary>
/// <remarks><see cref="RunAsync"/> once; all else from any thread.</remarks>
public sealed class KafkaTableFeed
{
    // As much at once as has arrived: what is made of a table costs less a row the more rows come together, and a node
    // that starts has millions to read.
    private const int RowsMax = 16_384;
    private const int BytesMax = 16 << 20;
    private const int BytesAtFirst = 1 << 20;
    private const int PollMs = 50;
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _options;
    private readonly string _topic;
    private readonly Action<ReadOnlyMemory<TableRow>> _apply;
    private readonly TimeProvider _clock;
    private readonly Action<KafkaNotice> _notify;
    private readonly ClientEvents _events;
    private readonly PayloadScratch _scratch = new(ExchangeDecoder.LineBytesMax);
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TableRow[] _rows = new TableRow[RowsMax];
    private readonly TableEnds _ends;
    private readonly BadRecords _bad = new();
    private byte[] _bytes = [];
    private int _rowCount;
    private int _byteCount;
    private long _freshTicks = -1;
    private long _rowsRead;
    private bool _isMissingTold;
    private bool _isStarted;

    /// <summary>A feed that does nothing until it runs.</summary>
    /// <param name="options">Options without faults.</param>
    /// <param name="topic">Full name of the topic.</param>
    /// <param name="apply">Takes rows, on the feed's own thread, one call at a time; must not keep their bytes.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="notify">Hears what people should know; called on several threads; must be quick.</param>
    public KafkaTableFeed(
        KafkaOptions options,
        string topic,
        Action<ReadOnlyMemory<TableRow>> apply,
        TimeProvider clock,
        Action<KafkaNotice> notify)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _options = options;
        _topic = topic;
        _apply = apply;
        _clock = clock;
        _notify = notify;
        _events = new ClientEvents(options, notify, clock);
        _ends = new TableEnds();
    }

    /// <summary>Ends when all that the topic held at the start is handed over; fails when the feed does.</summary>
    public Task WhenCaughtUp => _caughtUp.Task;

    /// <summary>Rows handed over.</summary>
    public long RowsRead => Volatile.Read(ref _rowsRead);

    /// <summary>Up to how long ago the table may lack what was written; null before it has first caught up.</summary>
    public TimeSpan? StaleFor(DateTimeOffset now)
    {
        var ticks = Volatile.Read(ref _freshTicks);
        return ticks < 0 ? null : TimeSpan.FromTicks(Math.Max(0, now.UtcTicks - ticks));
    }

    /// <summary>Reads until cancelled. An exception of the callback ends it, too.</summary>
    /// <exception cref="LaneFaultedException">Kafka refuses this consumer for good.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("A feed runs once.");
        }

        _isStarted = true;
        // A thread of its own, because the client's calls block.
        var work = Task.Factory.StartNew(
            () => Run(cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.Exception?.InnerException is { } fault)
        {
            _caughtUp.TrySetException(fault);
        }
        else
        {
            _caughtUp.TrySetCanceled(CancellationToken.None);
        }

        await work;
    }

    private void Run(CancellationToken cancel)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(BytesAtFirst);
        try
        {
            using var consumer = new ConsumerBuilder<PayloadSlice, PayloadSlice>(ClientSettings.Reader(_options))
                .SetKeyDeserializer(_scratch)
                .SetValueDeserializer(_scratch)
                .SetErrorHandler((_, error) => _events.OnError(error))
                .SetLogHandler((_, line) => _events.OnLog(line))
                .Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            Read(consumer, admin, cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }

    private void Read(
        IConsumer<PayloadSlice, PayloadSlice> consumer, IAdminClient admin, CancellationToken cancel)
    {
        long? lookedAt = null;
        long? askedAt = null;
        while (!cancel.IsCancellationRequested)
        {
            if (lookedAt is null || _clock.GetElapsedTime(lookedAt.Value) >= (_ends.Count == 0 ? AskEvery : LookEvery))
            {
                Look(consumer, admin);
                lookedAt = _clock.GetTimestamp();
            }

            if (_ends.Count == 0)
            {
                cancel.WaitHandle.WaitOne(AskEvery / 4);
                continue;
            }

            if (askedAt is null || _clock.GetElapsedTime(askedAt.Value) >= AskEvery)
            {
                Ask(consumer);
                askedAt = _clock.GetTimestamp();
            }

            Gather(consumer);
            Hand();
            Freshen();
        }
    }

    /// <summary>Finds partitions that are not read yet.</summary>
    private void Look(IConsumer<PayloadSlice, PayloadSlice> consumer, IAdminClient admin)
    {
        try
        {
            var partitions = admin.GetMetadata(_topic, Answer).Topics.Where(topic => topic.Topic == _topic)
                .SelectMany(topic => topic.Partitions)
                .Select(partition => partition.PartitionId)
                .Where(partition => !_ends.Contains(partition))
                .ToList();
            if (partitions.Count > 0)
            {
                consumer.IncrementalAssign(partitions.Select(
                    partition => new TopicPartitionOffset(_topic, partition, Offset.Beginning)));
                partitions.ForEach(_ends.Add);
                _isMissingTold = false;
            }
            else if (_ends.Count == 0 && !_isMissingTold)
            {
                _isMissingTold = true;
                _notify(new KafkaNotice(
                    KafkaNoticeLevel.Degraded, $"Kafka has no topic {_topic} yet; waiting for it."));
            }
        }
        catch (KafkaException e)
        {
            OnError(e);
        }
    }

    /// <summary>Asks where the partitions end. Once read up to there, the table is as fresh as now.</summary>
    private void Ask(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        if (_ends.IsAsked)
        {
            return; // The answer before is not reached yet.
        }

        var now = _clock.GetUtcNow();
        try
        {
            foreach (var partition in _ends.Partitions)
            {
                var ends = consumer.QueryWatermarkOffsets(new TopicPartition(_topic, partition), Answer);
                _ends.Answer(partition, ends.High.Value);
            }

            _ends.Close(now);
        }
        catch (KafkaException e)
        {
            OnError(e);
        }
    }

    /// <summary>Collects what has arrived, up to a batch; waits a little when nothing has.</summary>
    private void Gather(IConsumer<PayloadSlice, PayloadSlice> consumer)
    {
        var wait = PollMs;
        while (_rowCount < RowsMax)
        {
            _scratch.Clear();
            ConsumeResult<PayloadSlice, PayloadSlice>? result;
            try
            {
                result = consumer.Consume(wait);
            }
            catch (ConsumeException e)
            {
                OnBadRecord(consumer, e);
                return;
            }

            if (result is null)
            {
                return;
            }

            wait = 0;
            if (result.IsPartitionEOF)
            {
                _ends.Reach(result.Partition.Value, result.Offset.Value);
                continue;
            }

            Add(result);
        }
    }

    private void Add(ConsumeResult<PayloadSlice, PayloadSlice> result)
    {
        var key = _scratch[result.Message.Key];
        var value = _scratch[result.Message.Value];
        MakeRoom(key.Length + value.Length);
        key.CopyTo(_bytes.AsSpan(_byteCount));
        value.CopyTo(_bytes.AsSpan(_byteCount + key.Length));
        _rows[_rowCount++] = new TableRow(
            result.Partition.Value,
            result.Offset.Value,
            _bytes.AsMemory(_byteCount, key.Length),
            _bytes.AsMemory(_byteCount + key.Length, value.Length),
            result.Message.Value.IsNull);
        _byteCount += key.Length + value.Length;
    }

    // What stands in it is pointed at, so it is handed over before the room changes.
    private void MakeRoom(int bytes)
    {
        if (_byteCount + bytes <= _bytes.Length)
        {
            return;
        }

        Hand();
        if (bytes > _bytes.Length || _bytes.Length < BytesMax)
        {
            var larger = Math.Max(bytes, Math.Min(_bytes.Length * 2, BytesMax));
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(larger);
        }
    }

    private void Hand()
    {
        if (_rowCount == 0)
        {
            return;
        }

        var rows = _rows.AsMemory(0, _rowCount);
        _apply(rows);
        foreach (ref readonly var row in rows.Span)
        {
            _ends.Reach(row.Partition, row.Offset + 1);
        }

        Volatile.Write(ref _rowsRead, _rowsRead + _rowCount);
        _rowCount = 0;
        _byteCount = 0;
    }

    private void Freshen()
    {
        if (_ends.TryTakeReached(out var asOf))
        {
            Volatile.Write(ref _freshTicks, asOf.UtcTicks);
            _caughtUp.TrySetResult();
        }
    }

    private void OnBadRecord(IConsumer<PayloadSlice, PayloadSlice> consumer, ConsumeException e)
    {
        if (e.ConsumerRecord?.TopicPartitionOffset is { } place && BadRecords.IsDamage(e.Error)
            && _bad.IsToBePassed(place, _ends.PositionOf(place.Partition.Value), out var next))
        {
            _notify(new KafkaNotice(
                KafkaNoticeLevel.Wrong,
                $"A record of {_topic}[{place.Partition.Value}] at offset {next - 1} is damaged on the broker and was "
                + $"passed over: {e.Error.Reason}"));
            consumer.Seek(new TopicPartitionOffset(new TopicPartition(_topic, place.Partition), next));
            _ends.Reach(place.Partition.Value, next);
            return;
        }

        OnError(e);
    }

    private void OnError(KafkaException e)
    {
        if (FaultText.IsForGood(e.Error))
        {
            throw new LaneFaultedException(FaultText.Sentence(e.Error, _options), e);
        }

        _events.OnError(e.Error);
    }
}
