using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Kafka;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Heads of the verdicts in rows of their topic, in the order of the rows. As many rows as come together only when a node
/// starts are read by several cores. One caller at a time; what was returned holds until the next call.
/// </summary>
public sealed class VerdictHeadBatch
{
    /// <summary>Rows from which it is worth asking another core: some milliseconds of reading.</summary>
    public const int ShareRowsMin = 4_096;

    private const int ReadersMax = 4;

    private readonly VerdictHeadReader[] _readers =
        [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, ReadersMax)).Select(static _ => new VerdictHeadReader())];

    private VerdictHead[] _heads = [];
    private bool[] _isRead = [];

    /// <summary>Reads them. Deleted rows are passed over: verdicts are superseded, never withdrawn.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="unusable">Told each row that is no verdict.</param>
    public ReadOnlySpan<VerdictHead> Read(ReadOnlyMemory<TableRow> rows, Action<TableRow> unusable)
    {
        ArgumentNullException.ThrowIfNull(unusable);
        if (_heads.Length < rows.Length)
        {
            (_heads, _isRead) = (new VerdictHead[rows.Length], new bool[rows.Length]);
        }

        var shares = Math.Clamp(rows.Length / ShareRowsMin, 1, _readers.Length);
        if (shares == 1)
        {
            ReadShare(rows.Span, 0, rows.Length, _readers[0]);
        }
        else
        {
            Parallel.For(0, shares, share => ReadShare(
                rows.Span, rows.Length * share / shares, rows.Length * (share + 1) / shares, _readers[share]));
        }

        return _heads.AsSpan(0, Pack(rows.Span, unusable));
    }

    private void ReadShare(ReadOnlySpan<TableRow> rows, int from, int to, VerdictHeadReader reader)
    {
        for (var i = from; i < to; i++)
        {
            _isRead[i] = !rows[i].IsDeleted && reader.TryRead(rows[i].Value.Span, out _heads[i]);
        }
    }

    private int Pack(ReadOnlySpan<TableRow> rows, Action<TableRow> unusable)
    {
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (_isRead[i])
            {
                _heads[count++] = _heads[i];
            }
            else if (!rows[i].IsDeleted)
            {
                unusable(rows[i]);
            }
        }

        return count;
    }
}
