using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sentinel.Reports;

/// <summary>How reports are written as JSON: names in snake_case, times in UTC, nothing that could end a script.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions Line = new(Indented) { WriteIndented = false };

    /// <summary>The model itself.</summary>
    public static void Write(IncidentReport report, Stream to) => JsonSerializer.Serialize(to, report, Indented);

    /// <summary>One object, indented.</summary>
    public static void Write(JsonObject item, Stream to)
    {
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Indented = true });
        item.WriteTo(json, Indented);
    }

    /// <summary>One object a line.</summary>
    public static void WriteLines(IEnumerable<JsonObject> items, Stream to)
    {
        foreach (var item in items)
        {
            using (var json = new Utf8JsonWriter(to))
            {
                item.WriteTo(json, Line);
            }

            to.WriteByte((byte)'\n');
        }
    }

    /// <summary>An array of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(static text => JsonValue.Create(text))];
}
