using System.Globalization;
using Sentinel.Evaluation.Reports;
using Sentinel.Hosting.Terminal;

namespace Sentinel.Hosting.Commands;

/// <summary>Shows an evaluation's tables.</summary>
internal sealed class MeasureScreen(Screen screen)
{
    /// <summary>Shows all.</summary>
    public void Show(EvaluationReport report)
    {
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"model {report.Model}, commit {report.Commit}"));
        foreach (var table in ReportTables.Of(report))
        {
            screen.Heading(table.Title);
            screen.Table(table.Columns, table.Rows);
            if (table.Note is { } note)
            {
                screen.Line(note);
            }
        }
    }
}
