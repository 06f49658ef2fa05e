using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Policy;
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

/// <summary>How many of all flagged accounts may be innocent.</summary>
internal sealed record DiscoveryAnswer
{
    /// <summary>Share of the accused that is asked for, as in most papers.</summary>
    public const double Asked = 0.05;

    private const double Certain = 1e-12;

    [Description("Accounts of which exchanges were taken, exact to about half a per cent.")]
    public required long Accounts { get; init; }

    [Description("Accounts that are suspect or abusive; beyond 100,000 the surest.")]
    public required int Flagged { get; init; }

    [Description("Share of them that may be innocent on average, by the evidence of the weakest: 0 to 1.")]
    public required double InnocentAtMost { get; init; }

    [Description("How many of them, the surest first, may be accused together if at most one in twenty may be innocent (e-BH).")]
    public required int AccusedAtOneInTwenty { get; init; }

    public static DiscoveryAnswer Of(FlaggedRisks flagged, DetectionPolicy policy)
    {
        // Risk is odds by the prior ones and the evidence, so the evidence can be had back.
        double[] nats =
        [
            .. flagged.Risks.Select(risk => policy.PromisedNats(
                Math.Log(Math.Max(risk, Certain) / Math.Max(1 - risk, Certain) / policy.PriorOdds))),
        ];
        var accounts = Math.Max(flagged.Accounts, nats.Length);
        return new DiscoveryAnswer
        {
            Accounts = accounts,
            Flagged = nats.Length,
            InnocentAtMost = nats.Length == 0 ? 0 : Math.Round(FalseDiscovery.Rate(nats.Length, accounts, nats[^1]), 6),
            AccusedAtOneInTwenty = FalseDiscovery.Count(nats, accounts, Asked),
        };
    }
}

/// <summary>Days of what was promised and what came true.</summary>
internal sealed record CalibrationAnswer
{
    [Description("What the flagged accounts' evidence promises together.")]
    public required DiscoveryAnswer Discovery { get; init; }

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

    private static async Task<Ok<CalibrationAnswer>> ListAsync(
        IFindingReader findings, DetectionPolicy policy, CancellationToken cancel)
    {
        var risks = findings.ReadRisksAsync(cancel);
        var days = await findings.ListCalibrationAsync(RowsMax, cancel);
        return TypedResults.Ok(new CalibrationAnswer
        {
            Discovery = DiscoveryAnswer.Of(await risks, policy), Days = [.. days.Select(CalibrationDayAnswer.Of)],
        });
    }
}
