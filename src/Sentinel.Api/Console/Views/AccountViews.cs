using System.Collections.Immutable;
using Sentinel.Api.Console.Drawing;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what the page of an account shows out of what was read. Pure.</summary>
internal static class AccountViews
{
    /// <summary>Exchanges, decisions and conclusions that are listed.</summary>
    public const int RowsMax = 40;

    /// <summary>Conclusions that are drawn.</summary>
    public const int ConclusionsMax = 1_000;

    /// <summary>The view.</summary>
    public static AccountView Of(
        AccountSummary account, ImmutableArray<Conclusion> conclusions, ImmutableArray<KeptExchange> exchanges,
        ImmutableArray<WeekHour> week, ImmutableArray<LoggedDecision> decisions, DetectionPolicy policy) => new(
        account,
        HeadlineOf(account),
        account.Verdict is null
            ? []
            : [.. account.Verdict.Reasons.Select(static one => new ReasonView(one.Code, one.Summary, one.Weight))],
        EvidenceChart.Draw(
            new ChartBox(640, 210), StepsOf(conclusions), ThresholdsOf(policy), account.LastSeen),
        BarsByDay.Draw(
            new ChartBox(640, 160),
            "Exchanges by day",
            [.. account.Days.Select(static day => new DayValue(day.Day, "exchanges", day.Exchanges))],
            isStacked: true,
            "N0"),
        week,
        exchanges,
        decisions,
        [.. conclusions.Take(RowsMax)]);

    /// <summary>The thresholds of a policy as lines.</summary>
    public static ImmutableArray<EvidenceThreshold> ThresholdsOf(DetectionPolicy policy) =>
    [
        new EvidenceThreshold(policy.WatchNats, "watch", "watch"),
        new EvidenceThreshold(policy.SuspectNats, "suspect", "suspect"),
        new EvidenceThreshold(policy.AbusiveNats, "abusive", "abusive"),
    ];

    private static string HeadlineOf(AccountSummary account)
    {
        var made = $"{Shown.Count(account.Exchanges, "exchange", "exchanges")} of "
            + $"{Shown.Count(account.Models, "model", "models")} since {Shown.Time(account.FirstSeen)}";
        return account.Verdict is not { Level: >= VerdictLevel.Watch } verdict
            ? $"Nothing speaks against it in {made}."
            : $"{(verdict.AbuseTypes.IsEmpty ? "It is watched" : $"It took {HarvestText.Of(verdict.AbuseTypes)}")}: {made}"
                + (verdict.CampaignId is { } campaign ? $", as part of {campaign}." : ".");
    }

    // Both judges conclude; at any time the stronger holds, so the line is the higher of the two.
    private static ImmutableArray<EvidenceStep> StepsOf(ImmutableArray<Conclusion> conclusions)
    {
        var latest = new Dictionary<VerdictOrigin, Conclusion>();
        var steps = ImmutableArray.CreateBuilder<EvidenceStep>();
        foreach (var one in conclusions.Reverse())
        {
            latest[one.Origin] = one;
            var strongest = latest.Values.MaxBy(static held => (held.Level, held.Nats));
            steps.Add(new EvidenceStep(one.At, strongest.Nats, WireNames.Of(strongest.Level)));
        }

        return steps.ToImmutable();
    }
}
