using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>A lane of one process and what its consumer knows: one call at a time, offsets committed now and then.</summary>
internal sealed class SimulatedLane(
    ClusterSimulation simulation, SimulatedProcess process, LanePlace place, IPartitionLane lane)
{
    private Task _current = Task.CompletedTask;
    private long _position = -1;
    private TimeSpan _idleSince = TimeSpan.MinValue;
    private TimeSpan _toldIdleAt = TimeSpan.MinValue;

    public SimulatedProcess Process => process;

    public LanePlace Place => place;

    public IPartitionLane Lane => lane;

    /// <summary>The group gave the partition to another process and this one does not know.</summary>
    public bool IsZombie { get; set; }

    /// <summary>It does nothing before this time.</summary>
    public TimeSpan PausedUntil { get; set; }

    /// <summary>What it was doing has failed.</summary>
    public Exception? Fault => _current.Exception?.InnerException;

    public bool IsBusy => !_current.IsCompleted;

    /// <summary>Nothing to read, and it heard so at this very time.</summary>
    public bool IsDone => !IsBusy && !HasRecords && _toldIdleAt == simulation.Now;

    private bool HasRecords => _position >= 0 && _position < Records.Count;

    private List<StoredRecord> Records => simulation.Servers.Log(place.Topic, place.Partition);

    public void Open() => _current = OpenAsync();

    public bool CanStep => !IsBusy && !IsLeaving && Fault is null && PausedUntil <= simulation.Now && _position >= 0
        && (HasRecords || IsTickDue);

    private bool IsTickDue => _idleSince == TimeSpan.MinValue || simulation.Now - _toldIdleAt >= TimeSpan.FromSeconds(1)
        || (simulation.IsCalm && _toldIdleAt != simulation.Now);

    /// <summary>Hands over what came, or says that nothing did.</summary>
    public void Step(Random random)
    {
        if (HasRecords)
        {
            _idleSince = TimeSpan.MinValue;
            var count = Math.Min(Records.Count - (int)_position, random.Next(1, random.Next(4) == 0 ? 120 : 12));
            var first = _position;
            var batch = Records.Slice((int)first, count).Select((record, i) => new LogRecord(
                first + i, record.Key, record.Value, record.Format, record.WrittenAtMs)).ToArray();
            _position += count;
            _current = lane.TakeAsync(batch, CancellationToken.None).AsTask();
            return;
        }

        if (_idleSince == TimeSpan.MinValue)
        {
            _idleSince = simulation.Now;
        }

        _toldIdleAt = simulation.Now;
        _current = lane.IdleAsync(simulation.Time(_idleSince), simulation.Time(_toldIdleAt), CancellationToken.None).AsTask();
    }

    /// <summary>Tells the group how far all is durable.</summary>
    public void Commit()
    {
        if (!IsZombie && lane.DurableOffset >= 0)
        {
            simulation.Servers.Commit(place.Topic, place.Partition, lane.DurableOffset);
        }
    }

    /// <summary>Gives the partition up after what it is doing.</summary>
    public void Flush()
    {
        IsLeaving = true;
        _current = LeaveAsync(_current);
    }

    public bool IsLeaving { get; private set; }

    /// <summary>Whether <see cref="Flush"/> was called, and is done.</summary>
    public bool HasLeft { get; private set; }

    private async Task OpenAsync() =>
        _position = await lane.OpenAsync(
            simulation.Servers.Committed(place.Topic, place.Partition), CancellationToken.None);

    private async Task LeaveAsync(Task current)
    {
        await current;
        await lane.FlushAsync(CancellationToken.None);
        Commit();
        await lane.DisposeAsync();
        HasLeft = true;
    }
}

/// <summary>A partition that a lane works on.</summary>
internal readonly record struct LanePlace(string Topic, int Partition);
