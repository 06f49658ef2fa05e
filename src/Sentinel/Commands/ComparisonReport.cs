using System.Globalization;
using Sentinel.Hosting.Terminal;
using Sentinel.Inference.Training;

namespace Sentinel.Hosting.Commands;

/// <summary>Shows what rulings changed: old figures and new ones on the same families left out.</summary>
internal static class ComparisonReport
{
    private static readonly string[] Columns =
        ["against innocent", "area old", "new", "recall at 1 % old", "new", "at 0.1 % old", "new"];

    /// <summary>Writes the table and what it comes to.</summary>
    public static void Write(Screen screen, ModelComparison comparison)
    {
        screen.Heading($"{comparison.RulingCount} rulings in {comparison.RulingGroupCount} groups");
        screen.Table(Columns, [.. comparison.Rows.Select(RowOf)]);
        screen.Line(comparison.IsClearlyWorse
            ? "With the rulings the model is clearly worse."
            : "With the rulings the model is not clearly worse.");
    }

    private static IReadOnlyList<string> RowOf(ComparisonRow row) =>
    [
        row.Name,
        Text(row.Old.Auc),
        Text(row.New.Auc),
        Text(row.Old.RecallAt1Percent),
        Text(row.New.RecallAt1Percent),
        Text(row.Old.RecallAt01Percent),
        Text(row.New.RecallAt01Percent),
    ];

    private static string Text(double figure) => figure.ToString("f3", CultureInfo.InvariantCulture);
}
