namespace Sentinel.Evaluation.Reports;

/// <summary>A table for people, however it is shown.</summary>
/// <param name="Title">What it tells.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Cells, row by row.</param>
/// <param name="Note">What to know when reading it, or null.</param>
public sealed record ReportTable(
    string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, string? Note);
