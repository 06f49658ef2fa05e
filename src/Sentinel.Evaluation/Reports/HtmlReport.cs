using System.Text;

namespace Sentinel.Evaluation.Reports;

/// <summary>
/// An evaluation as one page that needs nothing else: no script, no font, no network. Light or dark as the reader's
/// system is.
/// </summary>
public static class HtmlReport
{
    private const int TablesFirst = 3; // Traffic, accounts and groups; the charts come before the details.

    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6570;--line:#d8dde3;--page:#fff;--band:#f5f7f9}
        .l0{--c:#0b63ce}.l1{--c:#b4540a}.l2{--c:#1a7f37}.l3{--c:#8250df}.l4{--c:#bf3989}.l5{--c:#0e7c86}
        .l6{--c:#7a5d00}.l7{--c:#c62f2f}.l8{--c:#57606a}.l9{--c:#3f8f00}
        @media(prefers-color-scheme:dark){
        :root{--ink:#e6edf3;--soft:#9aa5b1;--line:#30363d;--page:#0d1117;--band:#161b22}
        .l0{--c:#58a6ff}.l1{--c:#f0883e}.l2{--c:#3fb950}.l3{--c:#bc8cff}.l4{--c:#f778ba}.l5{--c:#39c5cf}
        .l6{--c:#d4b106}.l7{--c:#ff7b72}.l8{--c:#adbac7}.l9{--c:#a2d149}}
        body{margin:0 auto;max-width:1180px;padding:24px 20px 60px;background:var(--page);color:var(--ink);
        font:15px/1.5 system-ui,sans-serif}
        h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:40px 0 8px}
        p{color:var(--soft);margin:6px 0;max-width:90ch}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
        th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:600}tbody tr:nth-child(even){background:var(--band)}
        svg{width:100%;max-width:860px;height:auto;font-size:12px}svg text{fill:var(--soft)}
        svg .mid{text-anchor:middle}svg .end{text-anchor:end}svg .grid{stroke:var(--line);stroke-width:1}
        svg .level{stroke:var(--soft);stroke-width:1;stroke-dasharray:5 4}
        svg .over{fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:4px}
        td:last-child{white-space:normal;min-width:14ch}
        svg g polyline{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round}
        svg g line{stroke:var(--c);stroke-width:3}svg g.l0 polyline{stroke-width:3}
        """;

    /// <summary>Writes it.</summary>
    public static string Write(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        page.Append("<title>Sentinel: evaluation</title>\n<style>").Append(Style).Append("</style></head><body>\n");
        page.Append("<h1>What was found, held against the truth</h1>\n<p>Model ");
        page.Append(HtmlText.Escape(report.Model)).Append(", commit ");
        page.Append(HtmlText.Escape(report.Commit)).Append(".</p>\n");
        var tables = ReportTables.Of(report).ToList();
        tables.Take(TablesFirst).ToList().ForEach(table => AppendTable(page, table));
        foreach (var chart in ReportCharts.Of(report))
        {
            page.Append("<h2>").Append(HtmlText.Escape(chart.Title)).Append("</h2>\n").Append(chart.Svg);
            page.Append("\n<p>").Append(HtmlText.Escape(chart.Note)).Append("</p>\n");
        }

        tables.Skip(TablesFirst).ToList().ForEach(table => AppendTable(page, table));
        return page.Append("</body></html>\n").ToString();
    }

    private static void AppendTable(StringBuilder page, ReportTable table)
    {
        page.Append("<h2>").Append(HtmlText.Escape(table.Title)).Append("</h2>\n");
        page.Append("<div class=\"scroll\"><table><thead><tr>");
        AppendCells(page, "th", table.Columns);
        page.Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            AppendCells(page, "td", row);
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
        if (table.Note is { } note)
        {
            page.Append("<p>").Append(HtmlText.Escape(note)).Append("</p>\n");
        }
    }

    private static void AppendCells(StringBuilder page, string tag, IReadOnlyList<string> cells)
    {
        foreach (var cell in cells)
        {
            page.Append('<').Append(tag).Append('>').Append(HtmlText.Escape(cell)).Append("</").Append(tag).Append('>');
        }
    }
}
