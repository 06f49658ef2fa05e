using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// One assigned partition: its lane, on a flow of its own, and what the polling thread knows of it. The lane's calls
/// come one at a time from that flow; the polling thread only adds records and looks at published numbers.
/// </summary>
internal sealed class AssignedPartition : IDisposable
{
    private readonly Func<PartitionId, IPartitionLane> _createLane;
    private readonly Action _changed;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Inbox _inbox = new();
    private long _committed = -1;
    private long _durable = -1;
    private long _position = -1;
    private long _end = -1;
    private int _stage = (int)PartitionStage.Opening;
    private IdleSpan? _idle; // Set by the polling thread, replaced whole.
    private volatile IdleSpan? _idleDue;
    private volatile bool _isTickDue;
    private volatile bool _isEnding;
    private volatile bool _isOpened;
    private volatile bool _hasLeft;
    private volatile bool _isPaused;

    /// <param name="id">The partition.</param>
    /// <param name="createLane">Makes its lane.</param>
    /// <param name="changed">Called when the polling thread should look: the lane opened, caught up, or ended.</param>
    public AssignedPartition(PartitionId id, Func<PartitionId, IPartitionLane> createLane, Action changed)
    {
        Id = id;
        _createLane = createLane;
        _changed = changed;
    }

    public PartitionId Id { get; }

    /// <summary>The lane's flow; faults with what the lane threw.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public Inbox Inbox => _inbox;

    /// <summary>The lane is open and waits for the polling thread to position the client.</summary>
    public bool IsOpened => _isOpened;

    /// <summary>Records may be added. Owned by the polling thread.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Set by the polling thread; the lane then tells it of every batch that it has done.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>The lane's flow is over.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>Where reading begins, once opened.</summary>
    public long Start { get; private set; }

    /// <summary>Offset that the group has; owned by the polling thread once running.</summary>
    public long CommittedOffset
    {
        get => Volatile.Read(ref _committed);
        set => Volatile.Write(ref _committed, value);
    }

    public long DurableOffset => Volatile.Read(ref _durable);

    public long Position => Volatile.Read(ref _position);

    /// <summary>When the end was reached and at which offset, while nothing came since. Any thread may read.</summary>
    public IdleSpan? Idle => Volatile.Read(ref _idle);

    public PartitionStatus Status => new(
        Id, (PartitionStage)Volatile.Read(ref _stage), Position, DurableOffset, Volatile.Read(ref _end),
        _inbox.Bytes, _inbox.Count, IsPaused);

    /// <summary>Begins to load.</summary>
    /// <param name="committed">Asks the group where to go on.</param>
    /// <param name="previous">The flow of a lane that had this partition before; it ends first.</param>
    public void Open(Func<PartitionId, CancellationToken, Task<long>> committed, Task previous) =>
        Completion = Task.Run(() => WorkAsync(committed, previous), CancellationToken.None);

    /// <summary>The client now reads from <see cref="Start"/>.</summary>
    public void Run()
    {
        _isOpened = false;
        IsRunning = true;
        Volatile.Write(ref _position, Start);
        Volatile.Write(ref _stage, (int)PartitionStage.Running);
    }

    public void Add(
        long offset, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordFormat format, long writtenAtMs)
    {
        if (offset < _position)
        {
            return; // Fetched before the client was positioned.
        }

        Volatile.Write(ref _idle, null);
        _inbox.Add(offset, key, value, format, writtenAtMs);
        Volatile.Write(ref _position, offset + 1);
    }

    /// <summary>Reading goes on at a later offset; the lane sees a gap.</summary>
    public void Pass(long offset)
    {
        Volatile.Write(ref _idle, null);
        Volatile.Write(ref _position, offset);
    }

    public void ReachEnd(long offset, DateTimeOffset now)
    {
        Volatile.Write(ref _position, Math.Max(_position, offset));
        Volatile.Write(ref _end, Math.Max(_end, offset));
        Volatile.Write(ref _idle, new IdleSpan(offset, now, now));
    }

    /// <summary>The broker's end of the partition, asked for at a time. Any thread.</summary>
    public void HearEnd(long end, DateTimeOffset askedAt)
    {
        Volatile.Write(ref _end, end);
        if (Idle is { } idle && end <= idle.Offset && askedAt > idle.ConfirmedAt)
        {
            // A record that came meanwhile has put null here, and that stands.
            Interlocked.CompareExchange(ref _idle, idle with { ConfirmedAt = askedAt }, idle);
        }
    }

    /// <summary>About once a second: the lane looks up, and hears how long nothing came.</summary>
    public void Tick()
    {
        _idleDue = Idle;
        _isTickDue = true;
        _inbox.Wake();
    }

    /// <summary>Ends the lane after what it is doing; what waits in the inbox is left to the next owner.</summary>
    /// <param name="flush">Makes durable what it took.</param>
    public void End(bool flush)
    {
        Volatile.Write(ref _stage, (int)PartitionStage.Ending);
        IsRunning = false;
        _isEnding = true;
        if (!flush || _durable < 0)
        {
            Abandon();
        }

        _inbox.Wake();
    }

    /// <summary>Ends the lane at once.</summary>
    public void Abandon()
    {
        if (!_hasLeft)
        {
            _abandon.Cancel();
        }
    }

    /// <summary>After the lane's flow is over.</summary>
    public void Dispose()
    {
        _abandon.Dispose();
        _inbox.Dispose();
    }

    private async Task WorkAsync(Func<PartitionId, CancellationToken, Task<long>> committed, Task previous)
    {
        var cancel = _abandon.Token;
        try
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await using var lane = _createLane(Id);
            CommittedOffset = await committed(Id, cancel);
            Start = await lane.OpenAsync(CommittedOffset, cancel);
            Volatile.Write(ref _durable, lane.DurableOffset);
            _isOpened = true;
            _changed();
            await TakeAllAsync(lane, cancel);
            await lane.FlushAsync(cancel);
            Volatile.Write(ref _durable, lane.DurableOffset);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Given up: what was not durable is read again by the next owner.
        }
        finally
        {
            _inbox.Clear();
            _hasLeft = true;
            _changed();
        }
    }

    private async Task TakeAllAsync(IPartitionLane lane, CancellationToken cancel)
    {
        while (!_isEnding)
        {
            if (_inbox.Take() is { } batch)
            {
                await lane.TakeAsync(batch.Records, cancel);
                _inbox.Return(batch);
                Volatile.Write(ref _durable, lane.DurableOffset);
                if (IsPaused)
                {
                    _changed();
                }

                continue;
            }

            if (_isTickDue)
            {
                _isTickDue = false;
                if (_idleDue is { } idle && ReferenceEquals(Idle?.Key, idle.Key))
                {
                    await lane.IdleAsync(idle.Since, idle.ConfirmedAt, cancel);
                }

                Volatile.Write(ref _durable, lane.DurableOffset);
            }

            await _inbox.WaitAsync(cancel);
        }
    }

    /// <summary>Nothing was left to read from a time on, as the broker confirmed at a later one.</summary>
    internal sealed record IdleSpan(long Offset, DateTimeOffset Since, DateTimeOffset ConfirmedAt)
    {
        /// <summary>The same for all confirmations of one span.</summary>
        public object Key { get; init; } = new();
    }
}
