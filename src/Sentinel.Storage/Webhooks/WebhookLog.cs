using System.Collections.Immutable;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Webhooks;

/// <summary>An event that a target did not take.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Number">The event: a row of the audit log.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">To what.</param>
/// <param name="Reason">Why it was not taken.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FailedAt">When it was given up.</param>
public sealed record WebhookDeadLetter(
    string Target, long Number, string Kind, string Subject, string Reason, int Attempts, DateTimeOffset FailedAt);

/// <summary>How far targets were told, and what they did not take. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class WebhookLog(IClickHouse clickHouse)
{
    /// <summary>Dead letters of one answer.</summary>
    public const int PageMax = 1_000;

    private const string IntoMarks = "INSERT INTO webhook_marks (target, number)";

    private const string IntoLetters =
        "INSERT INTO webhook_dead_letters (target, number, version, kind, subject, reason, attempts, failed_at)";

    private const int RowBytesMax = 64 << 10;
    private const byte Waits = 1;
    private const byte Delivered = 2;

    private static readonly string MarkSql = EmbeddedSql.Query("webhook_mark");
    private static readonly string LettersSql = EmbeddedSql.Query("webhook_dead_letters");

    /// <summary>The last row that a target is done with, or null for one that was never told.</summary>
    public async Task<long?> FindMarkAsync(string target, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            MarkSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("target", target)], cancel);
        return TakeMark(bytes.Memory.Span);
    }

    /// <summary>A target is done with all rows up to this one.</summary>
    public Task MarkAsync(string target, long number, CancellationToken cancel)
    {
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(target);
        rows.Put((ulong)number);
        rows.EndRow();
        return clickHouse.InsertAsync(new InsertTarget(IntoMarks, ClickHouseFormat.RowBinary, ""), [rows.Body], cancel);
    }

    /// <summary>Keeps an event that a target did not take.</summary>
    public Task BuryAsync(WebhookDeadLetter letter, CancellationToken cancel) => PutAsync(letter, Waits, cancel);

    /// <summary>A dead letter was delivered after all.</summary>
    public Task RaiseAsync(WebhookDeadLetter letter, CancellationToken cancel) => PutAsync(letter, Delivered, cancel);

    /// <summary>Those that wait, the latest first.</summary>
    public Task<ImmutableArray<WebhookDeadLetter>> ListAsync(int rowsMax, CancellationToken cancel) =>
        QueryAsync("", 0, Math.Clamp(rowsMax, 1, PageMax), cancel);

    /// <summary>One that waits, or null.</summary>
    public async Task<WebhookDeadLetter?> FindAsync(string target, long number, CancellationToken cancel) =>
        await QueryAsync(target, number, 1, cancel) is [var letter] ? letter : null;

    private Task PutAsync(WebhookDeadLetter letter, byte version, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(letter.Target);
        rows.Put((ulong)letter.Number);
        rows.Put(version);
        rows.PutText(letter.Kind);
        rows.PutText(letter.Subject);
        rows.PutText(letter.Reason);
        rows.Put((uint)letter.Attempts);
        rows.PutTime(letter.FailedAt);
        rows.EndRow();
        return clickHouse.InsertAsync(new InsertTarget(IntoLetters, ClickHouseFormat.RowBinary, ""), [rows.Body], cancel);
    }

    private async Task<ImmutableArray<WebhookDeadLetter>> QueryAsync(
        string target, long number, int rows, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            LettersSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("target", target), SqlParameter.Of("number", number), SqlParameter.Of("rows", rows)],
            cancel);
        return TakeLetters(bytes.Memory.Span);
    }

    private static long? TakeMark(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return reader.IsAtEnd ? null : (long)reader.Take<ulong>();
    }

    private static ImmutableArray<WebhookDeadLetter> TakeLetters(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<WebhookDeadLetter>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new WebhookDeadLetter(
                reader.TakeText(), (long)reader.Take<ulong>(), reader.TakeText(), reader.TakeText(), reader.TakeText(),
                (int)reader.Take<uint>(), reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }
}
