// The life of the lane in a serving program: opened and recovered while the API already answers /health and stale
// decisions, fed until the program stops, and committed once more when the server has let its last request go.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Calibration;
using Sentinel.Api.Decisions;
using Sentinel.Api.Decisions.Log;
using Sentinel.Api.Findings;
using Sentinel.Api.Health;
using Sentinel.Api.Ingest;
using Sentinel.Api.Review;
using Sentinel.Api.Workloads;
using Sentinel.Detection;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Workloads;
using Sentinel.Hosting.Wiring;
using Sentinel.Storage.Queries;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Observability;

namespace Sentinel.Hosting.Serving;

/// <summary>Opens, runs and closes the lane behind the API. The server stops before it does.</summary>
internal sealed partial class LaneHost(
    LaneSource source,
    IScorer scorer,
    DetectionPolicy policy,
    DecisionBoard board,
    LaneIntake intake,
    StoredFindings findings,
    DecisionLog decisions,
    WorkloadBook workloads,
    WorkloadsInForce workloadsInForce,
    RulingBook rulings,
    RulingsInForce rulingsInForce,
    CalibrationMonitor calibration,
    ReviewWork review,
    Readiness readiness,
    StreamingTelemetry telemetry,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<LaneHost> logger) : IHostedService, IServingHost, IDisposable
{
    private const string Role = "account";

    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _draining;
    private Task _work = Task.CompletedTask;
    private OpenStore? _store;
    private LiveLane? _lane;

    /// <summary>Why the lane could not start or go on; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _draining = lifetime.ApplicationStopping.Register(Drain);
        _work = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync(); // Ends a recovery; a lane that runs is stopped by itself, below.
        await _work;
        board.IsLive = false;
        if (_lane is not null && Failure is null)
        {
            await _lane.StopAsync();
        }

        await decisions.CloseAsync();
        review.Close();
        findings.Close();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        Log.Stopped(logger);
    }

    public void Dispose()
    {
        _draining.Dispose();
        _stop.Dispose();
    }

    private void Drain()
    {
        if (Failure is null)
        {
            Log.Draining(logger);
            readiness.SetDraining();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await OpenAsync();
            await WatchAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // A host's top loop: whatever keeps the lane from going on ends the program.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Failure = cause;
            board.IsLive = false;
            if (cause is CommandException)
            {
                Log.LaneCannotStart(logger, cause.Message);
            }
            else
            {
                Log.LaneFailed(logger, cause);
            }

            readiness.SetNotReady("failed", "The lane cannot go on; the program is stopping, its log says why.");
            lifetime.StopApplication();
        }
    }

    private async Task OpenAsync()
    {
        readiness.SetNotReady("starting", "The store is being opened.");
        _store = await source.OpenAsync(_stop.Token);
        findings.Open(_store.ClickHouse);
        decisions.Open(_store.ClickHouse);
        await workloads.OpenAsync(new StoredWorkloads(_store.ClickHouse), _stop.Token);
        await rulings.OpenAsync(_store.ClickHouse, _stop.Token);
        var log = new MeteredLaneStore(await _store.OpenLaneAsync(_stop.Token), Role, telemetry, clock);
        Log.StoreOpened(logger, source.Folder, log.NextOffset);
        readiness.SetNotReady("recovering", "What was made durable before is being judged again.");
        var judge = Judges.New(policy, scorer, workloadsInForce, rulingsInForce);
        var lane = new LiveLane(judge, log, scorer, new LiveLaneOptions(), clock, Publish);
        var began = clock.GetTimestamp();
        var count = await lane.StartAsync(_stop.Token);
        _lane = lane;
        await review.OpenAsync(_store.ClickHouse, _stop.Token);
        intake.Open(lane);
        board.IsLive = true;
        readiness.SetReady();
        Log.Recovered(logger, count, clock.GetElapsedTime(began).TotalSeconds);
    }

    // The lane ends by itself only when it cannot go on. Nobody but a new process knows what is durable then.
    private async Task WatchAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var measuring = calibration.RunAsync(new CalibrationLog(_store!.ClickHouse), scorer, ending.Token);
        var reviewing = review.RunAsync(ending.Token);
        var following = rulings.FollowAsync(ending.Token);
        try
        {
            await await Task.WhenAny(_lane!.Completion.WaitAsync(_stop.Token), measuring, reviewing, following);
        }
        finally
        {
            await ending.CancelAsync(); // The store is closed after this.
            await Task.WhenAll(measuring, reviewing, following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Publish(JudgeOutput output)
    {
        var refused = board.RefusedCount;
        board.Publish(output.Verdicts);
        if (_lane is not null) // Else these stood before: they are recovered, not concluded.
        {
            telemetry.Lanes.Concluded(output.Verdicts);
        }

        if (board.RefusedCount > refused)
        {
            Log.BoardFull(logger, board.AccountsMax, board.RefusedCount);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.StoreOpened, LogLevel.Information, "Opened the store in {Folder}, offset {Offset}.")]
        public static partial void StoreOpened(ILogger logger, string folder, long offset);

        [LoggerMessage(
            EventIds.Recovered, LogLevel.Information, "Ready: judged {Count} exchanges again in {Seconds:0.0} s.")]
        public static partial void Recovered(ILogger logger, long count, double seconds);

        [LoggerMessage(EventIds.Draining, LogLevel.Information, "Stopping: requests in flight may finish.")]
        public static partial void Draining(ILogger logger);

        [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Stopped: the store is closed.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(EventIds.LaneFailed, LogLevel.Critical, "The lane cannot go on.")]
        public static partial void LaneFailed(ILogger logger, Exception cause);

        [LoggerMessage(EventIds.LaneCannotStart, LogLevel.Critical, "The lane cannot start: {Reason}")]
        public static partial void LaneCannotStart(ILogger logger, string reason);

        [LoggerMessage(
            EventIds.BoardFull, LogLevel.Error,
            "The decision board is full at {AccountsMax} accounts: {Refused} that should not go on are not on it.")]
        public static partial void BoardFull(ILogger logger, int accountsMax, long refused);
    }
}
