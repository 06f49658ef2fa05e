using System.Text.Json;
using System.Xml.Linq;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Reports;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Windows;

namespace Sentinel.Evaluation.Tests;

public sealed class ReportTests
{
    private static readonly EvaluationReport Report = Sample();

    [Fact]
    public void Json_HasTheFiguresUnderStableNames()
    {
        using var json = JsonDocument.Parse(JsonReport.Write(Report));
        var root = json.RootElement;
        Assert.Equal("abc123", root.GetProperty("commit").GetString());
        var together = root.GetProperty("detectors")[0].GetProperty("together");
        Assert.Equal(1, together.GetProperty("recall").GetProperty("hits").GetInt32());
        Assert.Equal(2, together.GetProperty("recall").GetProperty("of").GetInt32());
        Assert.Equal(0.001, together.GetProperty("ranked")[0].GetProperty("rate").GetDouble());
        var measure = root.GetProperty("windows")[0].GetProperty("measures")[0];
        Assert.Equal("mmd", measure.GetProperty("detector").GetString());
    }

    [Fact]
    public void Html_IsOnePageOfItsOwn()
    {
        var page = HtmlReport.Write(Report);
        foreach (var banned in new[] { "<script", "http:", "https:", "url(", "<link", "@import", "<b>ring" })
        {
            Assert.DoesNotContain(banned, page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("&lt;b&gt;ring", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
        var drawings = page.Split("<svg")[1..].Select(static part => XDocument.Parse(
            "<svg" + part.Split("</svg>")[0] + "</svg>"));
        Assert.Equal(3, drawings.Count());
        Assert.All(drawings, static svg => Assert.NotEmpty(svg.Descendants("polyline")));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_NamesTheCommitAndKeepsItsColumns()
    {
        var lines = MarkdownReport.Write(Report).Split('\n');
        Assert.Contains("Written by `sentinel evaluate`, commit `abc123`, model `m/1`.", lines);
        var header = Array.FindIndex(
            lines, static line => line.StartsWith("| detector | recall", StringComparison.Ordinal));
        Assert.True(header > 0);
        Assert.Equal(lines[header].Count(static c => c == '|'), lines[header + 1].Count(static c => c == '|'));
        Assert.StartsWith("| d | 50.0 %", lines[header + 2], StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_TellOfCalibrationSuccessorsAndExchanges()
    {
        var tables = ReportTables.Of(Report).ToDictionary(static table => table.Title, StringComparer.Ordinal);
        Assert.Equal(
            ["4", "900", "10.0 → 0.20 % (0.02)", "-", "-", "-", "1.0 → 3.0 % (3.00) !"],
            Assert.Single(tables["Calibration by day"].Rows));
        Assert.Contains("0 of 1; alarms: 1 of 2.", tables["Calibration by day"].Note, StringComparison.Ordinal);
        var successors = Assert.Single(tables["Successors of blocked campaigns"].Rows);
        Assert.Equal(tables["Successors of blocked campaigns"].Columns.Count, successors.Count);
        Assert.StartsWith("80.0 %", successors[10], StringComparison.Ordinal);
        var curves = tables["Recall by exchanges of an account: d"];
        Assert.Equal(["<b>ring", RecallCurve.Innocents], curves.Rows.Select(static row => row[0]));
        Assert.All(curves.Rows, row => Assert.Equal(curves.Columns.Count, row.Count));
    }

    private static EvaluationReport Sample()
    {
        JudgedAccount[] accounts =
        [
            new(IsMalicious: true, "campaign", "<b>ring", "r1", 0.9, IsFlagged: true, 3),
            new(IsMalicious: true, "campaign", "<b>ring", "r1", 0.1, IsFlagged: false, 0),
            new(IsMalicious: false, "chat", "", null, 0.2, IsFlagged: false, 0),
        ];
        var outcome = new FolderOutcome(
            accounts, [new CampaignOutcome("<b>ring", 2, IsFound: false, null)], new Share(0, 0),
            new PairCounts(0, 0, 1), [new DayOutcome(1, new Share(0, 1))]);
        var measures = DetectorMeasures.Of(new DetectorCard("d", "a paper", 0.001), [outcome]);
        var windows = new WindowReport("seed-1", ["<b>ring"], ["few"],
            [new WindowMeasure(WindowProtocol.ByExchanges, "mmd", 100, 0.003, new Share(1, 100), [
                new WindowRow("<b>ring", 0.05, new Share(3, 20))])]);
        return new EvaluationReport(
            "abc123", "m/1", [new FolderSummary("seed-1", 10, 3, 2, 1)], [new DetectorReport(measures, [measures])],
            [new ContentMeasure("r1", IsMalicious: true, new Share(1, 2), 9, 0.7, [new Share(5, 9)], 0.9)], [windows])
        {
            Calibration =
            [
                new CalibrationMeasure(4, [
                    new CalibrationShare(CalibrationPromise.AtMost, 10, 900, 0.1, 0.002, 0.01),
                    new CalibrationShare(CalibrationPromise.AsBefore, 100, 900, 0.01, 0.03, 0.003)]),
            ],
            Rulings =
            [
                new RulingOutcome("seed-1", 2, 0, 7, new Share(0, 100), [
                    new SuccessorOutcome(
                        "<b>ring", 10, new Share(4, 5), new Share(2, 5), new Share(3, 5), new Share(4, 5), 0.5, 7)]),
            ],
        };
    }
}
