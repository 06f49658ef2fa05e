using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Api.Console.Drawing;
using Sentinel.Api.Health;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what the overview shows out of what was read. Pure.</summary>
internal static class OverviewViews
{
    /// <summary>How far back it looks.</summary>
    public const int DaysMax = 60;

    /// <summary>Rows of the calibration that are read: five shares a day, and versions of models.</summary>
    public const int CalibrationRowsMax = 10 * DaysMax;

    private const int OneIn = 100;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);
    private static readonly ChartBox Box = new(560, 190);

    /// <summary>How parts of the system are.</summary>
    public sealed record Parts(ReadinessState Readiness, int BoardAccounts, int BoardMax, TimeSpan? StaleFor);

    /// <summary>The view.</summary>
    public static OverviewView Of(
        StoreCounts counts, ImmutableArray<DetectionDay> flagged, ImmutableArray<HourCounts> hours,
        ImmutableArray<CalibrationDay> calibration, DetectionPolicy policy, Parts parts)
    {
        var shown = calibration
            .Where(static day => day.Share is { Promise: CalibrationPromise.AsBefore, OneIn: OneIn })
            .ToImmutableArray();
        var alarm = AlarmOf(calibration);
        return new OverviewView(
            [
                new FigureView("Flagged accounts", Shown.Count(counts.Flagged), $"of {Shown.Count(counts.Accounts)} with a verdict"),
                new FigureView("Abusive", Shown.Count(counts.AccountsByLevel[(int)VerdictLevel.Abusive]), ""),
                new FigureView("Campaigns that stand", Shown.Count(counts.Campaigns), ""),
                new FigureView("Exchanges kept", Shown.Count(counts.Exchanges), ""),
                new FigureView("Lines that could not be used", Shown.Count(counts.DeadLetters), ""),
            ],
            BarsByDay.Draw(
                Box, "Accounts first flagged, by day and kind",
                [.. flagged.Select(static one => new DayValue(one.Day, AccountGraph.Spaced(WireNames.Of(one.Type)), one.Accounts))],
                isStacked: true, "N0"),
            BarsByDay.Draw(
                Box, "Exchanges by day",
                [.. hours.Select(static one => new DayValue(DateOnly.FromDateTime(one.Hour.UtcDateTime), "exchanges", one.Exchanges))],
                isStacked: true, "N0"),
            BarsByDay.Draw(
                Box, "Share that scores as high as one in a hundred did on the days before",
                [
                    .. shown.SelectMany(static day => new[]
                    {
                        new DayValue(day.Day, "promised", day.Share.Promised), new DayValue(day.Day, "realised", day.Share.Realised),
                    }),
                ],
                isStacked: false, "0.00%"),
            alarm,
            [
                new FigureView("Policy", $"{policy.Version}", "see Policies"),
                new FigureView("Classifier", calibration.IsEmpty ? "—" : calibration[0].ModelVersion, "whose reference was measured last"),
            ],
            HealthOf(parts));
    }

    // Of each promise the latest day; what was promised at most is worse to have broken.
    private static string AlarmOf(ImmutableArray<CalibrationDay> calibration)
    {
        var parted = calibration
            .GroupBy(static day => (day.Share.Promise, day.Share.OneIn))
            .Select(static days => days.First())
            .Where(static day => day.Share.Parts)
            .OrderBy(static day => day.Share.Promise)
            .ThenByDescending(static day => day.Share.OneIn)
            .ToList();
        if (parted.Count == 0)
        {
            return "";
        }

        var (day, _, share) = parted[0];
        var promised = share.Promise == CalibrationPromise.AtMost ? "was promised to at most" : "did on the days before";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"On {day:yyyy-MM-dd} {share.Realised:0.00%} of innocent-looking traffic scored as high as {share.Promised:0.00%} {promised}: thresholds do not mean what the policy says until the model is trained anew.");
    }

    private static ImmutableArray<HealthView> HealthOf(Parts parts) =>
    [
        new HealthView(
            "Program", parts.Readiness.IsReady,
            parts.Readiness.Reasons.FirstOrDefault()?.Detail ?? "It takes exchanges and answers gateways."),
        new HealthView(
            "Decision board", parts.StaleFor is null || parts.StaleFor < StaleAfter,
            $"{Shown.Count(parts.BoardAccounts)} of {Shown.Count(parts.BoardMax)} accounts"
                + (parts.StaleFor is { } stale && stale >= StaleAfter ? $"; {Shown.Count((long)stale.TotalSeconds)} s behind" : ", up to date")),
    ];
}
