using System.Globalization;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Decisions;

/// <summary>Writes decisions in blocks. One owner.</summary>
/// <param name="clickHouse">The migrated database.</param>
/// <param name="writer">Names the writer among all that ever were: a block's name begins with it.</param>
public sealed class DecisionLogWriter(IClickHouse clickHouse, string writer)
{
    /// <summary>Most rows of a block.</summary>
    public const int RowsMax = 8_192;

    private const string Into =
        "INSERT INTO decisions (at, account_id, gateway, action, reason, decision_id, is_stale, share)";

    private const int RowBytesMax = 8 * 1024; // Texts of 128 to 512 characters, four bytes each.

    private readonly RowBinaryRows _rows = new(RowsMax * RowBytesMax);
    private readonly ReadOnlyMemory<byte>[] _body = new ReadOnlyMemory<byte>[1];
    private long _blocks;

    /// <summary>Rows that wait.</summary>
    public int Count => _rows.RowCount;

    /// <summary>Adds a row, <see cref="RowsMax"/> at most between two flushes.</summary>
    public void Append(in LoggedDecision decision)
    {
        _rows.PutTime(decision.At);
        _rows.PutText(decision.AccountId);
        _rows.PutText(decision.Gateway);
        _rows.Put((byte)decision.Action);
        _rows.PutText(decision.Reason);
        _rows.PutText(decision.DecisionId);
        _rows.Put((byte)(decision.IsStale ? 1 : 0));
        _rows.Put(decision.Share);
        _rows.EndRow();
    }

    /// <summary>Makes what waits durable. After a failure it is gone.</summary>
    /// <exception cref="ClickHouseException">It could not be written.</exception>
    public async Task FlushAsync(CancellationToken cancel)
    {
        if (_rows.RowCount == 0)
        {
            return;
        }

        try
        {
            _body[0] = _rows.Body;
            var token = string.Create(CultureInfo.InvariantCulture, $"decisions-{writer}-{_blocks++}");
            await clickHouse.InsertAsync(new InsertTarget(Into, ClickHouseFormat.RowBinary, token), _body, cancel);
        }
        finally
        {
            _rows.Clear();
        }
    }
}
