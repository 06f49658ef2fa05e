using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sentinel.Inference.Training;

/// <summary>Measures of classifiers as files.</summary>
public static class ModelTable
{
    /// <summary>A table of Markdown with the classifiers side by side, and what they have one figure of below it.</summary>
    public static string Markdown(ImmutableArray<ModelMeasures> measures)
    {
        var text = new StringBuilder();
        var names = string.Join(" | ", measures.Select(static one => one.Classifier));
        text.Append(CultureInfo.InvariantCulture, $"| area / recall at 1 % / at 0.1 % | {names} |\n| --- |");
        text.Append(string.Concat(measures.Select(static _ => " --- |"))).Append('\n');
        foreach (var what in Names(measures))
        {
            var cells = string.Join(" | ", measures.Select(one => Cell(one.Row(what), " / ")));
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {cells} |\n");
        }

        text.Append('\n');
        foreach (var one in measures)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {one.Classifier}: macro-F1 over kinds {one.MacroF1:0.000},");
            text.Append(CultureInfo.InvariantCulture, $" expected calibration error {one.CalibrationError:0.000}\n");
        }

        return text.ToString();
    }

    /// <summary>All measures as JSON.</summary>
    public static string Json(ImmutableArray<ModelMeasures> measures) =>
        JsonSerializer.Serialize(measures, MeasuresJson.Default.ImmutableArrayModelMeasures) + "\n";

    /// <summary>What was measured, in the order of the first classifier that has it.</summary>
    public static IEnumerable<string> Names(ImmutableArray<ModelMeasures> measures) =>
        measures.SelectMany(static one => one.Rows).Select(static row => row.What).Distinct(StringComparer.Ordinal);

    /// <summary>Area, recall at 1 % and at 0.1 %; empty where there is no row.</summary>
    public static string Cell(MeasureRow? row, string separator) => row is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Area:0.000}{separator}{row.RecallAt1Percent:0.000}{separator}{row.RecallAt01Percent:0.000}");
}

/// <summary>Writes measures.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<ModelMeasures>))]
internal sealed partial class MeasuresJson : JsonSerializerContext;
