using System.Globalization;
using Sentinel.Evaluation.Rulings;

namespace Sentinel.Evaluation.Reports;

/// <summary>What came of rulings as a table.</summary>
internal static class RulingTables
{
    private const string Nothing = "-";

    /// <summary>Folder by folder, and of each the campaigns that have successors.</summary>
    public static ReportTable Successors(EvaluationReport report) => new(
        "Successors of blocked campaigns",
        [
            "folder", "campaigns blocked", "dismissed", "accounts ruled on", "innocents linked", "campaign", "members blocked", "successors linked",
            "within an hour", $"within {SuccessorReader.ExchangesMax:N0} of the pool's", "either", "hours", "exchanges",
        ],
        [.. report.Rulings.SelectMany(Rows)],
        "An analyst who is right rules on each campaign that is reported and each flagged account in none. Successors: members first seen once all those "
        + "of their campaign so far had fallen silent, some of them blocked. Linked: joined to a blocked campaign after its ruling, within an hour of their own "
        + "first exchange, or before all successors together had made so many; the medians of those linked. Innocents linked are of "
        + "all innocents.");

    private static IEnumerable<string[]> Rows(RulingOutcome outcome)
    {
        string[] folder =
        [
            outcome.Folder, Number(outcome.CampaignsBlocked), Number(outcome.CampaignsDismissed),
            Number(outcome.AccountsRuled), outcome.Innocents.Describe(),
        ];
        return outcome.Successors.Count == 0
            ? [[.. folder, .. Enumerable.Repeat(Nothing, 8)]]
            : outcome.Successors.Select(one => (string[])
            [
                .. folder, one.Campaign, Number(one.Blocked), one.Linked.Describe(), one.WithinHour.Describe(),
                one.WithinExchanges.Describe(), one.InTime.Describe(), Median(one.HoursMedian), Median(one.ExchangesMedian),
            ]);
    }

    private static string Median(double? value) =>
        value is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : Nothing;

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
