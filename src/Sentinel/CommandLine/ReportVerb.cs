using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>report</c> was asked to do.</summary>
/// <param name="Campaign">The campaign, or <c>period</c>.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Out">Where to.</param>
/// <param name="Data">Folder of the embedded store.</param>
/// <param name="Recipient">For whom, or null.</param>
/// <param name="Table">Which table, for formats of tables.</param>
/// <param name="From">Beginning of the period, or null.</param>
/// <param name="Until">End of the period, or null.</param>
internal sealed record ReportRequest(
    string Campaign, string Format, string Out, string? Data, string? Recipient, string? Table, string? From, string? Until);

/// <summary><c>sentinel report</c>.</summary>
internal static class ReportVerb
{
    public static Command Build(VerbActions actions)
    {
        var campaign = new Argument<string>("CAMPAIGN")
        {
            Description = "The campaign, as in cmp-3; or 'period' for those first reported from --from to --until.",
        };
        var format = SharedOptions.RequiredText(
            "--format", "FORMAT",
            "json, stix, ocsf, ecs, hec, cef, html, pdf, pdf-letter; or csv, parquet, arrow with --table.");
        var output = SharedOptions.RequiredText("--out", "FILE", "Where it is written.");
        var data = SharedOptions.Text("--data", "DIR", "Folder of the embedded store; the configured one when absent.");
        var recipient = SharedOptions.Text(
            "--for", "RECIPIENT", "Write it as this recipient of the configuration may read it, and log that it left.");
        var table = SharedOptions.Text("--table", "TABLE", "accounts, exchanges or links; accounts when absent.");
        var from = SharedOptions.Text("--from", "TIME", "Beginning of the period, as in 2026-11-01T00:00:00Z.");
        var until = SharedOptions.Text("--until", "TIME", "End of the period; now when absent.");
        var command = new Command("report", "Write an incident report on a campaign, or on those of a period.")
        {
            campaign, format, output, data, recipient, table, from, until,
        };
        command.SetAction((parsed, _) => actions.Report(new ReportRequest(
            parsed.GetRequiredValue(campaign), parsed.GetRequiredValue(format), parsed.GetRequiredValue(output),
            parsed.GetValue(data), parsed.GetValue(recipient), parsed.GetValue(table), parsed.GetValue(from),
            parsed.GetValue(until))));
        return command;
    }
}
