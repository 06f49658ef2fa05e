using System.Text.Json;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Adapters;

/// <summary>OTLP's values, which carry their type, as plain JSON.</summary>
internal static class OtlpValue
{
    private const int DepthMax = ExchangeDecoder.DepthMax / 4; // Every level of a value is four of JSON at most.

    /// <summary>Writes a value; null where it is none.</summary>
    public static void Write(Utf8JsonWriter json, JsonElement value, int depth)
    {
        if (depth > DepthMax || value.ValueKind != JsonValueKind.Object)
        {
            json.WriteNullValue();
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            switch (property.Name)
            {
                case "arrayValue":
                    WriteArray(json, property.Value, depth);
                    return;
                case "kvlistValue":
                    json.WriteStartObject();
                    WriteProperties(json, property.Value, depth);
                    json.WriteEndObject();
                    return;
                case "stringValue" or "intValue" or "doubleValue" or "boolValue"
                    when property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array):
                    property.Value.WriteTo(json);
                    return;
                default:
                    break;
            }
        }

        json.WriteNullValue();
    }

    /// <summary>Writes an event of older conventions: its body, or its attributes, as one object with a role.</summary>
    public static void WriteEvent(Utf8JsonWriter json, JsonElement body, string? role)
    {
        json.WriteStartObject();
        if (role is not null)
        {
            json.WriteString("role", role);
        }

        if (OtlpRecords.TextAt(body, "stringValue") is { } text)
        {
            json.WriteString("content", text);
        }
        else if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("kvlistValue", out var list))
        {
            WriteProperties(json, list, depth: 0);
        }
        else
        {
            foreach (var attribute in OtlpRecords.List(body, "attributes"))
            {
                WriteProperty(json, attribute, depth: 0);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, JsonElement array, int depth)
    {
        json.WriteStartArray();
        foreach (var item in OtlpRecords.List(array, "values"))
        {
            Write(json, item, depth + 1);
        }

        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, JsonElement list, int depth)
    {
        foreach (var property in OtlpRecords.List(list, "values"))
        {
            WriteProperty(json, property, depth);
        }
    }

    private static void WriteProperty(Utf8JsonWriter json, JsonElement property, int depth)
    {
        if (OtlpRecords.TextAt(property, "key") is { } key && property.TryGetProperty("value", out var value))
        {
            json.WritePropertyName(key.StartsWith("gen_ai.", StringComparison.Ordinal) ? key["gen_ai.".Length..] : key);
            Write(json, value, depth + 1);
        }
    }
}
