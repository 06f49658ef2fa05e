using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sentinel.Evaluation.Reports;

/// <summary>An evaluation as one JSON object, with names in snake case; null is "never", as in the tables.</summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.Default,
        WriteIndented = true,
    };

    /// <summary>Writes it, with a line end.</summary>
    public static string Write(EvaluationReport report) => JsonSerializer.Serialize(report, Options) + "\n";
}
