using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Workloads;

/// <summary>Declared workloads in ClickHouse, as they were recorded. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class WorkloadLog(IClickHouse clickHouse)
{
    private const string Into =
        """
        INSERT INTO workloads (workload_id, recorded_at, kind, accounts, organisation, models, frames, daily_max, explains,
          vouched_by, note, valid_from, valid_until)
        """;

    private const int RowBytesMax = 1024 * 1024; // A thousand accounts of 128 characters, four bytes each, and the rest.

    private static readonly string Sql = EmbeddedSql.Query("workloads");

    /// <summary>All that was recorded, in order; one more than fit shows that some were left out.</summary>
    public async Task<ImmutableArray<Workload>> ReadAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            Sql, ClickHouseFormat.RowBinary, [SqlParameter.Of("rows", WorkloadRegister.WorkloadsMax + 1)], cancel);
        return Take(bytes.Memory.Span);
    }

    /// <summary>Records a declaration or a withdrawal durably.</summary>
    /// <exception cref="ClickHouseException">It could not be written.</exception>
    public async Task AppendAsync(Workload workload, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(workload.Id);
        rows.PutTime(workload.RecordedAt);
        rows.Put((byte)workload.Kind);
        PutTexts(rows, workload.Accounts);
        rows.PutText(workload.Organisation);
        PutTexts(rows, workload.Models);
        rows.PutCount(workload.Frames.Length);
        foreach (var frame in workload.Frames)
        {
            rows.Put(frame);
        }

        rows.Put((uint)workload.DailyMax);
        rows.Put((uint)workload.Explains);
        rows.PutText(workload.VouchedBy);
        rows.PutText(workload.Note);
        rows.PutTime(workload.From);
        rows.PutTime(workload.Until);
        rows.EndRow();
        var token = string.Create(
            CultureInfo.InvariantCulture, $"workload-{workload.Id}-{workload.RecordedAt.ToUnixTimeMilliseconds()}");
        await clickHouse.InsertAsync(new InsertTarget(Into, ClickHouseFormat.RowBinary, token), [rows.Body], cancel);
    }

    private static void PutTexts(RowBinaryRows rows, ImmutableArray<string> texts)
    {
        rows.PutCount(texts.Length);
        foreach (var text in texts)
        {
            rows.PutText(text);
        }
    }

    private static ImmutableArray<Workload> Take(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        var found = ImmutableArray.CreateBuilder<Workload>();
        while (!reader.IsAtEnd)
        {
            var (id, recorded, kind) = (reader.TakeText(), reader.TakeTime(), (WorkloadKind)reader.Take<byte>());
            var (accounts, organisation, models) = (reader.TakeTexts(), reader.TakeText(), reader.TakeTexts());
            var frames = reader.TakeArray<ulong>();
            var (dailyMax, explains) = ((int)reader.Take<uint>(), (WorkloadEvidence)reader.Take<uint>());
            var (vouchedBy, note) = (reader.TakeText(), reader.TakeText());
            found.Add(new Workload(
                id, kind, accounts, organisation, explains, vouchedBy, reader.TakeTime(), reader.TakeTime())
            {
                Models = models, Frames = frames, DailyMax = dailyMax, Note = note, RecordedAt = recorded,
            });
        }

        return found.DrainToImmutable();
    }
}
