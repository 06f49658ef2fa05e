using System.Threading.Channels;
using Sentinel.Detection;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>
/// A lane that takes submissions from many callers at once. They decode and score on their own threads; the lane takes
/// what they prepared one chunk after another and makes it durable in groups: one commit answers all that waited for
/// it. Every queue is a pool of fixed size, so callers wait when it is empty, and after a while are told to come back.
/// </summary>
/// <remarks>Thread-safe once started.</remarks>
public sealed class LiveLane : IAsyncDisposable
{
    private readonly Lane _lane;
    private readonly SecondOpinion _second = new(SecondOpinionLimits.Lane);
    private readonly LiveLaneOptions _options;
    private readonly TimeProvider _clock;
    private readonly Pool<LineChunk> _lines;
    private readonly Pool<PreparedChunk> _chunks;
    private readonly Pool<Preparer> _preparers;
    private readonly Channel<Item> _queue;
    private Task _work = Task.CompletedTask;
    private bool _isStarted;

    /// <summary>A lane that takes nothing until it is started.</summary>
    /// <param name="judge">A judge without memory.</param>
    /// <param name="store">The store of the lane's partition.</param>
    /// <param name="scorer">The classifier.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="clock">Times waiting.</param>
    /// <param name="publish">
    /// Gets what has become durable, first all that stands after recovery. Called on the lane's flow, one call at a
    /// time; must be quick and must not keep the output.
    /// </param>
    public LiveLane(
        Judge judge,
        ILaneStore store,
        IScorer scorer,
        LiveLaneOptions options,
        TimeProvider clock,
        Action<JudgeOutput> publish)
    {
        ArgumentNullException.ThrowIfNull(options);
        _lane = new Lane(judge, store, options.Lane, clock, publish);
        _options = options;
        _clock = clock;
        _lines = new Pool<LineChunk>(options.SubmissionsMax, static () => new LineChunk());
        _chunks = new Pool<PreparedChunk>(options.ChunksMax, static () => new PreparedChunk());
        _preparers = new Pool<Preparer>(options.WorkerCount, () => new Preparer(scorer));
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.ChunksMax) { SingleReader = true });
    }

    /// <summary>Ends when the lane has stopped; faults when it cannot go on, which must end the process.</summary>
    public Task Completion => _work;

    /// <summary>Prepared chunks that wait for the lane.</summary>
    public int QueuedChunks => _queue.Reader.Count;

    /// <summary>Recovers, publishes what stands, and begins to take submissions.</summary>
    /// <returns>Exchanges recovered.</returns>
    public async Task<long> StartAsync(CancellationToken cancel)
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("A lane is started once.");
        }

        _isStarted = true;
        var recovered = await _lane.RecoverAsync(cancel);
        _work = Task.Run(WorkAsync, CancellationToken.None);
        return recovered;
    }

    /// <summary>Takes the lines of a stream, and returns when what they caused is durable.</summary>
    /// <param name="body">NDJSON; read once to its end, but no further than a submission's limit.</param>
    /// <param name="source">What dead letters carry; different for every submission, or they overwrite each
    /// other.</param>
    /// <param name="cancel">Stops waiting; what was queued by then is taken all the same.</param>
    /// <exception cref="LaneFaultedException">The lane cannot go on; nothing is known of the submission.</exception>
    public async Task<IngestOutcome> SubmitAsync(Stream body, string source, CancellationToken cancel)
    {
        var reader = new BodyReader(body, source, _options.SubmissionBytesMax);
        var outcome = await SubmitAsync(reader.TryReadAsync, cancel);
        return outcome.End == IngestEnd.Done && reader.IsTooLarge ? outcome with { End = IngestEnd.TooLarge } : outcome;
    }

    /// <summary>Takes lines that are in memory, and returns when what they caused is durable.</summary>
    /// <inheritdoc cref="SubmitAsync(Stream, string, CancellationToken)"/>
    public Task<IngestOutcome> SubmitAsync(ReadOnlyMemory<byte> body, string source, CancellationToken cancel)
    {
        var reader = new MemoryReader(body, source);
        return SubmitAsync((chunk, _) => ValueTask.FromResult(reader.TryRead(chunk)), cancel);
    }

    /// <summary>Takes no more, deals with what is queued, and returns when it is durable.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        await _work;
    }

    /// <summary>Stops, and lets a fault pass: <see cref="Completion"/> tells it.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<IngestOutcome> SubmitAsync(
        Func<LineChunk, CancellationToken, ValueTask<bool>> read, CancellationToken cancel)
    {
        var tally = new IngestTally(_options.LettersToldMax);
        if (await _lines.TryRentAsync(_options.BusyWaitMax, _clock, cancel) is not { } lines)
        {
            return tally.Outcome(IngestEnd.Busy);
        }

        IngestEnd end;
        try
        {
            end = await QueueAsync(lines, read, tally, cancel);
        }
        finally
        {
            _lines.Return(lines);
        }

        await tally.SettleAsync(cancel);
        return tally.Outcome(end);
    }

    private async Task<IngestEnd> QueueAsync(
        LineChunk lines,
        Func<LineChunk, CancellationToken, ValueTask<bool>> read,
        IngestTally tally,
        CancellationToken cancel)
    {
        while (await read(lines, cancel))
        {
            if (await _chunks.TryRentAsync(_options.BusyWaitMax, _clock, cancel) is not { } chunk)
            {
                return IngestEnd.Busy;
            }

            var isQueued = false;
            try
            {
                await PrepareAsync(lines, chunk, cancel);
                var item = new Item(chunk);
                tally.Add(chunk.DeadLetters, item.Taken.Task);
                isQueued = _queue.Writer.TryWrite(item); // As long as the pool, so full it cannot be.
            }
            finally
            {
                if (!isQueued)
                {
                    _chunks.Return(chunk);
                }
            }

            if (!isQueued)
            {
                tally.DropLast();
                return IngestEnd.Stopping;
            }
        }

        return IngestEnd.Done;
    }

    private async Task PrepareAsync(LineChunk lines, PreparedChunk chunk, CancellationToken cancel)
    {
        var preparer = await _preparers.RentAsync(cancel);
        try
        {
            preparer.Prepare(lines, chunk);
        }
        finally
        {
            _preparers.Return(preparer);
        }
    }

    private async Task WorkAsync()
    {
        var group = new List<(Item Item, ChunkOutcome Outcome)>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
            {
                var rows = 0;
                while (rows < _options.GroupRowsMax && _queue.Reader.TryRead(out var item))
                {
                    rows += item.Chunk.Count + item.Chunk.DeadLetters.Count;
                    _second.Ask(item.Chunk);
                    group.Add((item, default)); // Before it is taken: when that fails it is told so.
                    group[^1] = (item, await _lane.TakeAsync(item.Chunk, CancellationToken.None));
                    _chunks.Return(item.Chunk);
                }

                await _lane.CommitAsync(CancellationToken.None);
                foreach (var (item, outcome) in group)
                {
                    item.Taken.SetResult(outcome);
                }

                group.Clear();
            }
        }
        finally
        {
            FailWaiting(group);
        }
    }

    /// <summary>
    /// Tells those who still wait that nobody will take their exchanges. On a normal end there are none.
    /// </summary>
    private void FailWaiting(List<(Item Item, ChunkOutcome Outcome)> group)
    {
        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out var item))
        {
            group.Add((item, default));
        }

        foreach (var (item, _) in group)
        {
            item.Taken.TrySetException(new LaneFaultedException("The lane failed before this was durable."));
        }
    }

    private sealed class Item(PreparedChunk chunk)
    {
        public PreparedChunk Chunk { get; } = chunk;

        /// <summary>Ends when the chunk is durable.</summary>
        public TaskCompletionSource<ChunkOutcome> Taken { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
