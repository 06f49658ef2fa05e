using System.Buffers;
using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

/// <summary>
/// A lane's log and findings in ClickHouse. A block of exchanges becomes one part, so after a crash it is there whole
/// or not at all; what it caused is written after it, under keys that make writing it again harmless. Durable means
/// synced to the disk. After a failed commit the store takes nothing more: what is durable is known when it is opened
/// again.
/// </summary>
/// <remarks>Owned by the lane's thread. Appending allocates nothing once the blocks have grown.</remarks>
public sealed class LaneStore : ILaneStore, IAsyncDisposable
{
    /// <summary>
    /// Rows of all kinds that can be pending; past it <c>Append</c> throws, because whoever fills the store commits
    /// in time. Two blocks of so many exchanges take about 90 MB, and one is far below the size at which ClickHouse
    /// would split it. Half of it is a good size for a commit; smaller ones cost more a row.
    /// </summary>
    public const int PendingRowsMax = 131_072;

    private readonly IClickHouse _clickHouse;
    private readonly int _partition;
    private readonly LogRange _log;

    // Held while a commit is under way.
    private readonly SemaphoreSlim _commit = new(1, 1);

    private LaneBlock _filling = new();
    private LaneBlock _writing = new();
    private bool _hasBegun;
    private volatile bool _hasFailed;

    // Whether offsets come with the observations; else the store counts.
    private readonly bool _isFed;

    private LaneStore(IClickHouse clickHouse, int partition, LogRange log, long nextOffset, bool isFed)
    {
        _isFed = isFed;
        _clickHouse = clickHouse;
        _partition = partition;
        _log = log;
        NextOffset = nextOffset;
    }

    /// <inheritdoc/>
    public long NextOffset { get; private set; }

    /// <inheritdoc/>
    public int PendingRows => _filling.RowCount;

    /// <summary>The store of one partition of a migrated database. At most one is open for a partition.</summary>
    public static Task<LaneStore> OpenAsync(IClickHouse clickHouse, int partition, CancellationToken cancel) =>
        OpenAsync(clickHouse, partition, isFed: false, cancel);

    /// <summary>
    /// The store of a partition whose log is elsewhere, such as a topic. <see cref="Append(Observation)"/> takes the
    /// offset that the observation brings: each above the one before, gaps allowed. What lies below
    /// <see cref="NextOffset"/> when the store is opened is there already and is left out without a word, so that a
    /// lane which reads its log again stores each offset once. Two open for one partition may store an offset twice,
    /// which readers take for one.
    /// </summary>
    public static Task<LaneStore> OpenFedAsync(IClickHouse clickHouse, int partition, CancellationToken cancel) =>
        OpenAsync(clickHouse, partition, isFed: true, cancel);

    private static async Task<LaneStore> OpenAsync(
        IClickHouse clickHouse, int partition, bool isFed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(clickHouse);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ImmutableArray<SqlParameter> parameters = [SqlParameter.Of("partition", partition)];
        using var bytes = await clickHouse.QueryAsync(
            EmbeddedSql.Query("lane_offsets"), ClickHouseFormat.RowBinary, parameters, cancel);
        var log = ReadOffsets(bytes, out var nextOffset);

        // What verdicts say counts only where offsets are given here: a fed lane gets them from its log.
        return new LaneStore(clickHouse, partition, log, isFed ? log.End : nextOffset, isFed);
    }

    /// <inheritdoc/>
    public Task<long> RecoverAsync(Action<Observation> observe, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(observe);
        if (_hasBegun)
        {
            throw new InvalidOperationException("A store is recovered once, before anything is appended.");
        }

        _hasBegun = true;
        return new ExchangeLog(_clickHouse, _partition).ReadAsync(_log.First, _log.End, observe, cancel);
    }

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        MakeSureOfRoom();
        if (_isFed)
        {
            AppendFed(observation);
            return;
        }

        observation.Offset = NextOffset;
        _filling.Exchanges.Append(_partition, observation);
        NextOffset++;
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        MakeSureOfRoom();
        FindingRows.Append(_filling.Verdicts, verdict);
    }

    /// <inheritdoc/>
    public void Append(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        MakeSureOfRoom();
        FindingRows.Append(_filling.Campaigns, _partition, campaign);
    }

    /// <inheritdoc/>
    public void Append(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        MakeSureOfRoom();
        FindingRows.Append(_filling.Links, link);
    }

    /// <inheritdoc/>
    public void Append(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        MakeSureOfRoom();
        FindingRows.Append(_filling.DeadLetters, letter);
    }

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel)
    {
        // The call waits, not the task: the blocks change places on the lane's own thread.
        _commit.Wait(cancel);
        if (_hasFailed)
        {
            _commit.Release();
            return Task.FromException(Refusal());
        }

        if (_filling.RowCount == 0)
        {
            _commit.Release();
            return Task.CompletedTask;
        }

        (_filling, _writing) = (_writing, _filling);
        return WriteAsync(_writing);
    }

    /// <summary>Waits for the commit under way. What was appended since is not written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _commit.WaitAsync(CancellationToken.None);
        _commit.Dispose();
    }

    private static LogRange ReadOffsets(IMemoryOwner<byte> bytes, out long nextOffset)
    {
        var reader = new RowBinaryReader(bytes.Memory.Span);
        var log = new LogRange((long)reader.Take<ulong>(), (long)reader.Take<ulong>());
        nextOffset = (long)reader.Take<ulong>();
        return log;
    }

    private static InvalidOperationException Refusal() =>
        new("An earlier commit failed; open the store again to learn what is durable.");

    private async Task WriteAsync(LaneBlock block)
    {
        var isWritten = false;
        try
        {
            await block.WriteAsync(_clickHouse);
            block.Clear();
            isWritten = true;
        }
        finally
        {
            _hasFailed = !isWritten;
            _commit.Release();
        }
    }

    private void AppendFed(Observation observation)
    {
        if (observation.Offset < NextOffset)
        {
            // Stored before this store was opened; a lane that goes backwards within its own run is broken.
            if (observation.Offset >= _log.End)
            {
                throw new InvalidOperationException(
                    $"Offset {observation.Offset} comes after {NextOffset - 1}; a log's offsets rise.");
            }

            return;
        }

        _filling.Exchanges.Append(_partition, observation);
        NextOffset = observation.Offset + 1;
    }

    private void MakeSureOfRoom()
    {
        _hasBegun = true;
        if (_hasFailed)
        {
            throw Refusal();
        }

        if (_filling.RowCount >= PendingRowsMax)
        {
            throw new InvalidOperationException($"More than {PendingRowsMax} rows wait for a commit.");
        }
    }

    // The offsets that the log held when the store was opened: from First up to, not including, End.
    private readonly record struct LogRange(long First, long End);
}
