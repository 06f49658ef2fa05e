using System.Text;

namespace Sentinel.Evaluation.Reports;

/// <summary>An evaluation as Markdown, with the commit that it comes from.</summary>
public static class MarkdownReport
{
    /// <summary>Writes it.</summary>
    public static string Write(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder("# Results\n\n");
        text.Append($"Written by `sentinel evaluate`, commit `{report.Commit}`, model `{report.Model}`.\n");
        foreach (var table in ReportTables.Of(report))
        {
            text.Append($"\n## {table.Title}\n\n");
            AppendRow(text, table.Columns);
            AppendRow(text, [.. table.Columns.Select(static _ => "---")]);
            foreach (var row in table.Rows)
            {
                AppendRow(text, row);
            }

            if (table.Note is { } note)
            {
                text.Append($"\n{note}\n");
            }
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells) => text
        .Append("| ")
        .AppendJoin(" | ", cells.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))
        .Append(" |\n");
}
