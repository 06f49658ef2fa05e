using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;

namespace Sentinel.Storage.Observability;

/// <summary>A database as it is, measured and traced from outside.</summary>
/// <param name="clickHouse">The database; from now on this one's.</param>
/// <param name="telemetry">Where to tell.</param>
/// <param name="clock">Times calls.</param>
public sealed class MeteredClickHouse(IClickHouse clickHouse, StoreTelemetry telemetry, TimeProvider clock)
    : IClickHouse
{
    private const string Into = "INSERT INTO ";
    private const int TableNameMax = 64;

    /// <inheritdoc/>
    public async Task ExecuteAsync(string sql, ImmutableArray<SqlParameter> parameters, CancellationToken cancel)
    {
        var isDone = false;
        try
        {
            await clickHouse.ExecuteAsync(sql, parameters, cancel);
            isDone = true;
        }
        finally
        {
            End(isDone, "execute", cancel);
        }
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>> QueryAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var isDone = false;
        try
        {
            var answer = await clickHouse.QueryAsync(sql, format, parameters, cancel);
            isDone = true;
            telemetry.Queried(clock.GetElapsedTime(began));
            return answer;
        }
        finally
        {
            End(isDone, "query", cancel);
        }
    }

    /// <inheritdoc/>
    public async Task ExportAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, Stream output, CancellationToken cancel)
    {
        var isDone = false;
        try
        {
            await clickHouse.ExportAsync(sql, format, parameters, output, cancel);
            isDone = true;
        }
        finally
        {
            End(isDone, "export", cancel);
        }
    }

    /// <inheritdoc/>
    public async Task InsertAsync(
        InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(body);
        var bytes = body.Sum(static piece => (long)piece.Length);
        var table = TableOf(target.Into);
        var began = clock.GetTimestamp();
        using var span = telemetry.Insert(table, bytes);
        var isDone = false;
        try
        {
            await clickHouse.InsertAsync(target, body, cancel);
            isDone = true;
            telemetry.Inserted(table, bytes, clock.GetElapsedTime(began));
        }
        finally
        {
            End(isDone, "insert", cancel);
            span?.SetStatus(isDone ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => clickHouse.DisposeAsync();

    private static string TableOf(string into)
    {
        var rest = into.AsSpan();
        rest = rest.StartsWith(Into, StringComparison.Ordinal) ? rest[Into.Length..] : rest;
        var end = rest.IndexOfAny(' ', '(');
        rest = end < 0 ? rest : rest[..end];
        return rest[..Math.Min(rest.Length, TableNameMax)].ToString();
    }

    // A caller that gave up says nothing about ClickHouse.
    private void End(bool isDone, string operation, CancellationToken cancel)
    {
        if (isDone)
        {
            telemetry.SetAvailable(isAvailable: true);
        }
        else if (!cancel.IsCancellationRequested)
        {
            telemetry.SetAvailable(isAvailable: false);
            telemetry.Failed(operation);
        }
    }
}
