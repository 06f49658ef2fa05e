using Microsoft.Extensions.Logging;
using Sentinel.Api.Observability;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Scoring;
using Sentinel.Storage;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Calibration;

/// <summary>
/// Measures every hour whether innocent-looking traffic scores high more often than the classifier's reference promises, or
/// otherwise than on the days before, and says so in metrics: a drift shows here before it shows in wrong verdicts.
/// </summary>
public sealed partial class CalibrationMonitor(
    ApiTelemetry telemetry, TimeProvider clock, ILogger<CalibrationMonitor> logger)
{
    private const int DaysBack = 2;
    private const int RowsMax = 40; // Of the latest days, of two models: five rows a day.

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
        var told = new HashSet<(CalibrationPromise, int)>();
        foreach (var day in await log.ListAsync(RowsMax, cancel))
        {
            // The latest of each promise; of one that was measured yesterday last, yesterday.
            if (day.ModelVersion == scorer.ModelVersion && told.Add((day.Share.Promise, day.Share.OneIn)))
            {
                telemetry.Calibrated(day);
                if (day.Share.Parts)
                {
                    Log.Parted(
                        logger, day.Day, day.Share.Promised, CalibrationNames.Of(day.Share.Promise), day.Share.Realised,
                        day.Share.Accounts);
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.CalibrationParted, LogLevel.Warning,
            "On {Day} the share of innocent-looking traffic that scores high was promised as {Promised}, {Promise}, and came to {Realised}, over {Accounts} accounts.")]
        public static partial void Parted(
            ILogger logger, DateOnly day, double promised, string promise, double realised, long accounts);

        [LoggerMessage(EventIds.CalibrationNotMeasured, LogLevel.Warning, "The calibration could not be measured: {Reason}")]
        public static partial void NotMeasured(ILogger logger, string reason);
    }
}
