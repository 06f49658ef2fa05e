using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Calibration;

/// <summary>One day of what was promised and what came true.</summary>
internal sealed record CalibrationDayAnswer
{
    [Description("Day of the exchanges, UTC.")]
    public required DateOnly Day { get; init; }

    [Description("Version of the classifier whose reference promised it.")]
    public required string ModelVersion { get; init; }

    [Description("What was promised: at_most by the classifier's reference, which is made of the worst innocents, or as_before, "
        + "as much as the seven days before had.")]
    public required string Promise { get; init; }

    [Description("One in so many exchanges of innocents was to score at least as high.")]
    public required int OneIn { get; init; }

    [Description("Accounts that it was measured on: all that were never flagged.")]
    public required long Accounts { get; init; }

    [Description("Share that was promised.")]
    public required double Promised { get; init; }

    [Description("Share that came true, on the mean over accounts.")]
    public required double Realised { get; init; }

    [Description("Whether more than a quarter more came true than was promised at most, or more than a quarter more or less than "
        + "before; and more than chance explains. To stay below a bound is no alarm.")]
    public required bool Alarm { get; init; }

    public static CalibrationDayAnswer Of(CalibrationDay day) => new()
    {
        Day = day.Day,
        ModelVersion = day.ModelVersion,
        Promise = CalibrationNames.Of(day.Share.Promise),
        OneIn = day.Share.OneIn,
        Accounts = day.Share.Accounts,
        Promised = Math.Round(day.Share.Promised, 6),
        Realised = Math.Round(day.Share.Realised, 6),
        Alarm = day.Share.Parts,
    };
}

/// <summary>Days of what was promised and what came true.</summary>
internal sealed record CalibrationAnswer
{
    [Description("The latest days first.")]
    public required IReadOnlyList<CalibrationDayAnswer> Days { get; init; }
}

/// <summary><c>GET /v1/calibration</c>.</summary>
internal static class CalibrationEndpoints
{
    private const int RowsMax = 800;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/calibration", ListAsync)
        .WithTags("Calibration")
        .WithName("GetCalibration")
        .WithSummary("Does the classifier keep what it promises?")
        .WithDescription("By day, how often traffic that nothing speaks against scores as high as innocent content was "
            + "said to at most, measured every hour; and, once a day is over, as high as on the days before. An alarm is a drift of the traffic or of the model: thresholds no longer "
            + "mean what the policy says until it is trained anew.")
        .WithStoreGate()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<CalibrationAnswer>> ListAsync(IFindingReader findings, CancellationToken cancel)
    {
        var days = await findings.ListCalibrationAsync(RowsMax, cancel);
        return TypedResults.Ok(new CalibrationAnswer { Days = [.. days.Select(CalibrationDayAnswer.Of)] });
    }
}
