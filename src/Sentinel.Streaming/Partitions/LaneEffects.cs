using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// What the records of one partition cause: rows in the store, records in topics, snapshots. Knows up to which offset
/// all of it is durable, and writes nothing of what was durable before. Owned by its lane's flow; the offset may be read
/// by any thread.
/// </summary>
internal sealed class LaneEffects : IAsyncDisposable
{
    private readonly LaneSurroundings _around;
    private readonly ILaneStore _store;
    private readonly SnapshotKeeper _keeper;
    private readonly ISavedStage _stage;
    private readonly Func<long, long> _resumeOf;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _emitFrom;
    private readonly VerdictRecord _verdicts = new();
    private List<Task> _writes = [];
    private Task _commit = Task.CompletedTask;
    private Task _durable = Task.CompletedTask;
    private Task _snapshot = Task.CompletedTask;
    private long _durableOffset;
    private long _next;
    private long _begun;
    private long _savedNext = -1;
    private long _committedAt;
    private long _savedAt;

    /// <summary>Effects of a lane that stands at an offset.</summary>
    /// <param name="around">What the lane works with.</param>
    /// <param name="store">Its store; from now on owned here.</param>
    /// <param name="keeper">Its snapshots.</param>
    /// <param name="stage">Its stage, loaded.</param>
    /// <param name="resumeOf">From which offset a state at an offset must be read on.</param>
    /// <param name="start">Offset to be read next.</param>
    /// <param name="emitFrom">Offset below which all effects are durable.</param>
    public LaneEffects(
        LaneSurroundings around,
        ILaneStore store,
        SnapshotKeeper keeper,
        ISavedStage stage,
        Func<long, long> resumeOf,
        long start,
        long emitFrom)
    {
        (_around, _store, _keeper, _stage, _resumeOf) = (around, store, keeper, stage, resumeOf);
        (_next, _begun, _emitFrom, _durableOffset) = (start, start, emitFrom, emitFrom);
        _committedAt = _savedAt = around.Clock.GetTimestamp();
        stage.TrackChanges();
    }

    /// <summary>Offset below which everything is durable.</summary>
    public long DurableOffset => Interlocked.Read(ref _durableOffset);

    /// <summary>Whether what a record causes has yet to be written.</summary>
    public bool IsNew(long offset) => offset >= _emitFrom;

    /// <summary>Appends a row to the store's log.</summary>
    public void Append(Observation observation)
    {
        if (IsNew(observation.Offset))
        {
            _store.Append(observation);
        }
    }

    /// <summary>Keeps a record aside that could not be used.</summary>
    public async ValueTask AppendAsync(DeadLetter letter, long offset, CancellationToken cancel)
    {
        if (IsNew(offset))
        {
            _store.Append(letter);
            _writes.Add(await _around.Records.WriteAsync(
                _around.Topics.DeadLetters, IRecordWriter.ByKey, DeadLetterRecord.Key(letter),
                DeadLetterRecord.Value(letter), RecordFormat.Json, cancel));
        }
    }

    /// <summary>Writes what a record caused, and clears it.</summary>
    public async ValueTask EmitAsync(StageOutput output, long offset, CancellationToken cancel)
    {
        if (output.IsEmpty)
        {
            return;
        }

        if (IsNew(offset))
        {
            await WriteAsync(output, cancel);
        }

        output.Clear();
    }

    /// <summary>All up to, not including, this offset is taken. Commits and saves when that is due.</summary>
    public async ValueTask AdvanceAsync(long next, CancellationToken cancel)
    {
        _next = Math.Max(_next, next);
        ThrowIfFaulted();
        if (_store.PendingRows >= _around.Options.CommitRowsMax
            || _around.Clock.GetElapsedTime(_committedAt) >= _around.Options.CommitDelayMax)
        {
            await BeginCommitAsync(cancel);
        }

        if (_stage.UnsavedBytes >= _around.Options.UnsavedBytesMax)
        {
            await SaveAsync(cancel);
        }
        else if (_snapshot.IsCompleted && _savedNext != _next
            && _around.Clock.GetElapsedTime(_savedAt) >= _around.Options.SnapshotEvery)
        {
            await BeginSnapshotAsync(cancel);
        }
    }

    /// <summary>Makes room in the store's block while a batch is taken.</summary>
    public ValueTask MakeRoomAsync(long next, CancellationToken cancel)
    {
        _next = Math.Max(_next, next);
        return _store.PendingRows >= _around.Options.CommitRowsMax ? BeginCommitAsync(cancel) : ValueTask.CompletedTask;
    }

    /// <summary>Makes everything durable that was taken.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await BeginCommitAsync(cancel);
        await GuardAsync(_durable.WaitAsync(cancel));
    }

    /// <summary>Makes everything durable, and the state too.</summary>
    public async Task SaveAsync(CancellationToken cancel)
    {
        await GuardAsync(_snapshot.WaitAsync(cancel));
        await BeginSnapshotAsync(cancel);
        await GuardAsync(_snapshot.WaitAsync(cancel));
    }

    /// <summary>Ends what is under way without waiting for servers that are away.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_snapshot, _durable, _commit).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_store is IAsyncDisposable store)
        {
            await store.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async ValueTask WriteAsync(StageOutput output, CancellationToken cancel)
    {
        foreach (var piece in output.Pieces)
        {
            var topic = piece.Target == PieceTarget.Links ? _around.Topics.Links : _around.Topics.Edges;
            _writes.Add(await _around.Records.WriteAsync(
                topic, piece.Partition, default, piece.Body, RecordFormat.Unknown, cancel));
        }

        foreach (var verdict in output.Findings.Verdicts)
        {
            await AppendAsync(verdict, cancel);
            await MakeRoomAsync(_next, cancel);
        }

        foreach (var campaign in output.Findings.Campaigns)
        {
            _store.Append(campaign);
            await MakeRoomAsync(_next, cancel);
        }

        foreach (var link in output.Findings.Links)
        {
            _store.Append(link);
            await MakeRoomAsync(_next, cancel);
        }
    }

    private async ValueTask AppendAsync(Verdict verdict, CancellationToken cancel)
    {
        _store.Append(verdict);
        _writes.Add(await _around.Records.WriteAsync(
            _around.Topics.Verdicts, IRecordWriter.ByKey, VerdictRecord.Key(verdict), _verdicts.Write(verdict),
            RecordFormat.Json, cancel));
    }

    // The store takes one commit at a time: a slow one holds the lane up, which holds its partition up.
    private async ValueTask BeginCommitAsync(CancellationToken cancel)
    {
        _committedAt = _around.Clock.GetTimestamp();
        if (_store.PendingRows == 0 && _writes.Count == 0 && _next == _begun)
        {
            return;
        }

        await GuardAsync(_commit.WaitAsync(cancel));
        _commit = _store.PendingRows == 0 ? Task.CompletedTask : _store.CommitAsync(_stop.Token);
        _durable = SettleAsync(_durable, _commit, _writes, _next);
        (_writes, _begun) = ([], _next);
    }

    private async Task SettleAsync(Task earlier, Task commit, List<Task> writes, long next)
    {
        await earlier;
        await commit;
        await Task.WhenAll(writes);
        Interlocked.Exchange(ref _durableOffset, Math.Max(next, _emitFrom));
    }

    private async ValueTask BeginSnapshotAsync(CancellationToken cancel)
    {
        await BeginCommitAsync(cancel);
        var writer = new SegmentWriter();
        _stage.Save(writer);
        (_savedAt, _savedNext) = (_around.Clock.GetTimestamp(), _next);
        _snapshot = WriteSnapshotAsync(_durable, writer.Finish(), _resumeOf(_next), Math.Max(_next, _emitFrom));
    }

    private async Task WriteSnapshotAsync(Task durable, IReadOnlyList<byte[]> changes, long resume, long position)
    {
        await durable; // Or a crash would start behind effects that nobody wrote.
        await _keeper.SaveAsync(changes, resume, position, _stop.Token);
        _around.Saved();
    }

    private void ThrowIfFaulted()
    {
        if (_durable.IsFaulted || _snapshot.IsFaulted)
        {
            var cause = (_durable.Exception ?? _snapshot.Exception)!.InnerException!;
            throw cause as LaneFaultedException ?? Faulted(cause);
        }
    }

    private static async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception cause) when (cause is not (OperationCanceledException or LaneFaultedException))
        {
            throw Faulted(cause);
        }
    }

    private static LaneFaultedException Faulted(Exception cause) =>
        new($"What the lane did could not be made durable: {cause.Message}", cause);
}
