using System.Numerics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sentinel.Api.Gateways;
using Sentinel.Api.Observability;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage;
using Sentinel.Storage.Decisions;

namespace Sentinel.Api.Decisions.Log;

/// <summary>
/// Keeps what gateways are answered: all but allow, and of those a share. Answers never wait for it: past its bound it
/// drops and counts. Written once a second while the host has the store open. Thread-safe.
/// </summary>
public sealed partial class DecisionLog : IDisposable
{
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastFlushTimeMax = TimeSpan.FromSeconds(5);

    private readonly DecisionRing _ring;
    private readonly ApiTelemetry _telemetry;
    private readonly TimeProvider _clock;
    private readonly ILogger<DecisionLog> _logger;
    private volatile CancellationTokenSource? _open;
    private Task _writing = Task.CompletedTask;

    /// <summary>An empty log that is not written yet.</summary>
    public DecisionLog(
        IOptions<ApiOptions> options, ApiTelemetry telemetry, TimeProvider clock, ILogger<DecisionLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ring = new DecisionRing((int)BitOperations.RoundUpToPowerOf2((uint)options.Value.DecisionLogMax));
        (_telemetry, _clock, _logger) = (telemetry, clock, logger);
    }

    /// <summary>From now on what is decided goes to this database, which must be migrated.</summary>
    public void Open(IClickHouse clickHouse)
    {
        _open = new CancellationTokenSource();
        var name = $"{Environment.MachineName}-{Environment.ProcessId:x}-{_clock.GetUtcNow().UtcTicks:x}";
        _writing = WriteAsync(new DecisionLogWriter(clickHouse, name), _open.Token);
    }

    /// <summary>Writes what is still to be written; the host may close the database then.</summary>
    public async Task CloseAsync()
    {
        if (_open is { } open)
        {
            _open = null;
            await open.CancelAsync();
            await _writing;
            open.Dispose();
        }
    }

    /// <summary>Lets go of what <see cref="CloseAsync"/> was not called for.</summary>
    public void Dispose() => _open?.Dispose();

    internal void Take(
        GatewayKind gateway, ReadOnlySpan<char> account, in GatewayDecision decision, GatewayPolicy policy,
        DateTimeOffset now, long chance)
    {
        if (_open is null)
        {
            return; // Before the store is open and after it: there is nobody to write.
        }

        var share = decision.Action == DecisionAction.Allow ? policy.Options.LogAllowShare : 1;
        const int FractionBits = 53;
        if (share < 1 && (KeyHash.Mix((ulong)chance) >> (64 - FractionBits)) * (1.0 / (1L << FractionBits)) >= share)
        {
            return;
        }

        var entry = new RingEntry(
            now, gateway, decision.Action, decision.Reason, decision.DecisionId, decision.IsStale, share);
        if (!_ring.TryWrite(entry, account))
        {
            _telemetry.DecisionsDropped(1);
        }
    }

    private async Task WriteAsync(DecisionLogWriter writer, CancellationToken cancel)
    {
        for (var isLast = false; !isLast;)
        {
            await Task.Delay(FlushTime, _clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            isLast = cancel.IsCancellationRequested; // What was taken during the write before is still to be written.
            using var ending = new CancellationTokenSource(LastFlushTimeMax, _clock);
            for (var isMore = true; isMore;)
            {
                isMore = Fill(writer);
                await FlushAsync(writer, cancel.IsCancellationRequested ? ending.Token : cancel);
            }
        }
    }

    // Whether there may be more than one block holds.
    private bool Fill(DecisionLogWriter writer)
    {
        while (writer.Count < DecisionLogWriter.RowsMax)
        {
            if (!_ring.TryRead(out var entry, out var account))
            {
                return false;
            }

            writer.Append(new LoggedDecision(
                entry.At, account.ToString(), GatewayKinds.Names[(int)entry.Gateway], entry.Action, entry.Reason,
                entry.DecisionId, entry.IsStale, entry.Share));
        }

        return true;
    }

    private async Task FlushAsync(DecisionLogWriter writer, CancellationToken cancel)
    {
        var rows = writer.Count;
        try
        {
            await writer.FlushAsync(cancel);
            _telemetry.DecisionsLogged(rows);
        }
        catch (Exception cause) when (cause is ClickHouseException or OperationCanceledException)
        {
            _telemetry.DecisionsDropped(rows); // A log that is missing some is worth more than answers that wait.
            Log.NotLogged(_logger, rows, cause.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DecisionsNotLogged, LogLevel.Warning, "{Rows} decisions could not be logged: {Reason}")]
        public static partial void NotLogged(ILogger logger, int rows, string reason);
    }
}
