using System.Diagnostics.Metrics;
using Sentinel.Api.Calibration;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Observability;

/// <summary>Instruments of the API: decisions, the board behind them, and what is handed in. Thread-safe.</summary>
public sealed class ApiTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "LlmSentinel.Api";

    private readonly Histogram<double> _decisionDuration;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _ingested;
    private readonly Counter<long> _turnedAway;
    private readonly Counter<long> _callersRefused;
    private readonly Counter<long> _decisionsLogged;
    private readonly Counter<long> _decisionsDropped;
    private readonly Counter<long> _webhooks;
    private readonly Gauge<double> _calibrationRatio;
    private readonly Gauge<int> _calibrationAlarm;

    /// <summary>Makes the instruments, and shows the board from now on.</summary>
    public ApiTelemetry(IMeterFactory meters, DecisionBoard board)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(board);
        var meter = meters.Create(Name);
        _decisionDuration = meter.CreateHistogram(
            "sentinel.decision.duration", "s", "Time to find the answers of one request.", tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.1, 1],
            });
        _answers = meter.CreateCounter<long>(
            "sentinel.decision.answers", "{answer}", "Answers given, by action.");
        _ingested = meter.CreateCounter<long>(
            "sentinel.ingest.exchanges", "{exchange}", "Exchanges handed in over HTTP, by what became of them.");
        _turnedAway = meter.CreateCounter<long>(
            "sentinel.ingest.busy", "{request}", "Requests turned away because there was no room.");
        _callersRefused = meter.CreateCounter<long>(
            "sentinel.callers.refused", "{request}", "Requests of callers without a key in force for what they ask.");
        _decisionsLogged = meter.CreateCounter<long>(
            "sentinel.decision.log.rows", "{row}", "Decisions written to the log.");
        _decisionsDropped = meter.CreateCounter<long>(
            "sentinel.decision.log.dropped", "{row}", "Decisions that the log had no room for, or could not write.");
        _webhooks = meter.CreateCounter<long>(
            "sentinel.webhooks.deliveries", "{event}", "Events told to webhook targets, by target and what came of it.");
        _calibrationRatio = meter.CreateGauge<double>(
            "sentinel.calibration.ratio", unit: null,
            "Realised over promised share of innocent-looking traffic that scores high, on the latest day.");
        _calibrationAlarm = meter.CreateGauge<int>(
            "sentinel.calibration.alarm", unit: null,
            "1 where realised and promised part by more than a quarter and more than chance explains; less than a bound is no alarm.");
        meter.CreateObservableGauge(
            "sentinel.board.accounts", () => board.Count, "{account}", "Decisions on the board.");
        meter.CreateObservableGauge(
            "sentinel.board.accounts_max", () => board.AccountsMax, "{account}", "Room on the board.");
        meter.CreateObservableCounter(
            "sentinel.board.refused", () => board.RefusedCount, "{account}",
            "Decisions against an account that found no room on the board.");
        meter.CreateObservableGauge(
            "sentinel.board.live", () => board.IsLive ? 1 : 0, unit: null,
            "1 while the board is fed; else answers are stale.");
    }

    /// <summary>Whether anybody listens to <see cref="Decided"/>.</summary>
    internal bool IsDecisionTimed => _decisionDuration.Enabled;

    internal void Decided(TimeSpan duration) => _decisionDuration.Record(duration.TotalSeconds);

    internal void Answered(DecisionAction action) =>
        _answers.Add(1, new KeyValuePair<string, object?>("action", WireNames.Of(action)));

    internal void Ingested(long accepted, long duplicates, long rejected)
    {
        _ingested.Add(accepted, new KeyValuePair<string, object?>("outcome", "accepted"));
        _ingested.Add(duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
        _ingested.Add(rejected, new KeyValuePair<string, object?>("outcome", "rejected"));
    }

    internal void Calibrated(CalibrationDay day)
    {
        var promise = new KeyValuePair<string, object?>("promise", CalibrationNames.Of(day.Share.Promise));
        var share = new KeyValuePair<string, object?>("one_in", day.Share.OneIn);
        _calibrationRatio.Record(day.Share.Ratio, promise, share);
        _calibrationAlarm.Record(day.Share.Parts ? 1 : 0, promise, share);
    }

    internal void Told(string target, string outcome) => _webhooks.Add(
        1, new KeyValuePair<string, object?>("target", target), new KeyValuePair<string, object?>("outcome", outcome));

    internal void TurnedAway() => _turnedAway.Add(1);

    internal void DecisionsLogged(long rows) => _decisionsLogged.Add(rows);

    internal void DecisionsDropped(long rows) => _decisionsDropped.Add(rows);

    internal void CallerRefused(string reason) =>
        _callersRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
