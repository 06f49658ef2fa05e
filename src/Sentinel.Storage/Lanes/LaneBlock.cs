using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

// All that one commit makes durable. A lane has two: one that it fills while the other is written.
internal sealed class LaneBlock
{
    // A block of 65,536 verdicts of 1 KiB takes 64 MiB; the rest is room for campaigns that list many members.
    private const int TableBytesMax = 256 << 20;

    private static readonly string IntoExchanges = $"INSERT INTO exchanges ({ExchangeColumns.Names})";

    public ExchangeBlock Exchanges { get; } = new();

    public RowBinaryRows Links { get; } = new(TableBytesMax);

    public RowBinaryRows Verdicts { get; } = new(TableBytesMax);

    public RowBinaryRows Campaigns { get; } = new(TableBytesMax);

    public RowBinaryRows DeadLetters { get; } = new(TableBytesMax);

    public int RowCount =>
        Exchanges.RowCount + Links.RowCount + Verdicts.RowCount + Campaigns.RowCount + DeadLetters.RowCount;

    /// <summary>
    /// Exchanges first: what is found again after a crash is judged again and gives the findings that were lost. The
    /// other way round there would be findings without the exchanges that they rest on.
    /// </summary>
    public async Task WriteAsync(IClickHouse clickHouse)
    {
        if (Exchanges.RowCount > 0)
        {
            await clickHouse.InsertAsync(
                new InsertTarget(IntoExchanges, ClickHouseFormat.Native, Exchanges.Token()),
                Exchanges.Body(),
                CancellationToken.None);
        }

        await WriteAsync(clickHouse, FindingRows.IntoLinks, Links);
        await WriteAsync(clickHouse, FindingRows.IntoVerdicts, Verdicts);
        await WriteAsync(clickHouse, FindingRows.IntoCampaigns, Campaigns);
        await WriteAsync(clickHouse, FindingRows.IntoDeadLetters, DeadLetters);
    }

    public void Clear()
    {
        Exchanges.Clear();
        Links.Clear();
        Verdicts.Clear();
        Campaigns.Clear();
        DeadLetters.Clear();
    }

    private static async Task WriteAsync(IClickHouse clickHouse, string into, RowBinaryRows rows)
    {
        if (rows.RowCount > 0)
        {
            var target = new InsertTarget(into, ClickHouseFormat.RowBinary, Token: "");
            await clickHouse.InsertAsync(target, [rows.Body], CancellationToken.None);
        }
    }
}
