using System.Globalization;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Webhooks;

/// <summary>
/// Which of several processes delivers: whoever wrote the last version, until its time is over. Of two who write the same version
/// one is left out, as with the events of cases. Processes whose clocks are further apart than the lease is long may both hold it.
/// One owner.
/// </summary>
/// <param name="clickHouse">The migrated database.</param>
/// <param name="holder">This process; no two have the same.</param>
public sealed class WebhookLease(IClickHouse clickHouse, string holder)
{
    /// <summary>How long it holds unless it is renewed. A process that ends without a word is waited for as long.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private const string Name = "deliveries";
    private const string Into = "INSERT INTO webhook_leases (name, version, holder, until)";
    private const int RowBytesMax = 4 << 10;

    private static readonly string LeaseSql = EmbeddedSql.Query("webhook_lease");

    /// <summary>Takes the lease, or holds it longer.</summary>
    /// <returns>Whether it is held.</returns>
    public async Task<bool> TryHoldAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var last = await FindAsync(cancel);
        if (last.Holder != holder && last.Until > now)
        {
            return false;
        }

        await PutAsync(last.Version + 1, now + Span);
        var held = await FindAsync(CancellationToken.None);
        return held.Version == last.Version + 1 && held.Holder == holder;
    }

    /// <summary>Lets it go, so that another need not wait.</summary>
    public async Task ReleaseAsync(DateTimeOffset now)
    {
        var last = await FindAsync(CancellationToken.None);
        if (last.Holder == holder && last.Until > now)
        {
            await PutAsync(last.Version + 1, now);
        }
    }

    private Task PutAsync(ulong version, DateTimeOffset until)
    {
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(Name);
        rows.Put(version);
        rows.PutText(holder);
        rows.PutTime(until);
        rows.EndRow();
        var token = $"webhook-lease-{version.ToString(CultureInfo.InvariantCulture)}";
        return clickHouse.InsertAsync(
            new InsertTarget(Into, ClickHouseFormat.RowBinary, token) { IsExclusive = true }, [rows.Body], CancellationToken.None);
    }

    private async Task<Held> FindAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            LeaseSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("name", Name)], cancel);
        return Take(bytes.Memory.Span);
    }

    private static Held Take(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return reader.IsAtEnd ? default : new Held(reader.Take<ulong>(), reader.TakeText(), reader.TakeTime());
    }

    private readonly record struct Held(ulong Version, string? Holder, DateTimeOffset Until);
}
