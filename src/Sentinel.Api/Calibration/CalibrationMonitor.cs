using Microsoft.Extensions.Logging;
using Sentinel.Api.Observability;
using Sentinel.Detection.Ports;
using Sentinel.Storage;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Calibration;

/// <summary>
/// Measures every hour whether innocent-looking traffic scores as high as often as the classifier's reference promises, and
/// says so in metrics: a drift of the traffic or a new model shows here before it shows in wrong verdicts.
/// </summary>
public sealed partial class CalibrationMonitor(
    ApiTelemetry telemetry, TimeProvider clock, ILogger<CalibrationMonitor> logger)
{
    private const int DaysBack = 2;
    private const int RowsMax = 8;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Measures now and then again every hour, until it is told to stop.</summary>
    /// <param name="log">The store.</param>
    /// <param name="scorer">Whose reference promises.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task RunAsync(CalibrationLog log, IScorer scorer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(scorer);
        while (true)
        {
            try
            {
                await MeasureAsync(log, scorer, cancel);
            }
            catch (ClickHouseException cause)
            {
                Log.NotMeasured(logger, cause.Message); // Nothing rests on it; the next hour may find the store back.
            }

            await Task.Delay(Every, clock, cancel);
        }
    }

    /// <summary>Measures once.</summary>
    internal async Task MeasureAsync(CalibrationLog log, IScorer scorer, CancellationToken cancel)
    {
        await log.MeasureAsync(scorer.Reference, scorer.ModelVersion, DaysBack, cancel);
        var days = await log.ListAsync(RowsMax, cancel);
        foreach (var oneIn in CalibrationLog.OneIn)
        {
            foreach (var day in days)
            {
                if (day.OneIn == oneIn && day.ModelVersion == scorer.ModelVersion)
                {
                    telemetry.Calibrated(day);
                    if (day.Parts)
                    {
                        Log.Parted(logger, day.Day, day.Promised, day.Realised, day.Accounts);
                    }

                    break; // The latest.
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.CalibrationParted, LogLevel.Warning,
            "On {Day} the share of innocent-looking traffic that scores high was promised as {Promised} and came to {Realised}, over {Accounts} accounts.")]
        public static partial void Parted(ILogger logger, DateOnly day, double promised, double realised, long accounts);

        [LoggerMessage(EventIds.CalibrationNotMeasured, LogLevel.Warning, "The calibration could not be measured: {Reason}")]
        public static partial void NotMeasured(ILogger logger, string reason);
    }
}
