using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sentinel.Hosting.Output;

/// <summary>How output lines are written: compact, keys in a fixed order, numbers alike in every culture.</summary>
internal static class JsonLine
{
    /// <summary>Decimals of a risk or score.</summary>
    public const int RiskDecimals = 6;

    /// <summary>Decimals of a weight or strength.</summary>
    public const int WeightDecimals = 3;

    // Readable output: frames hold quotes, ⟨…⟩ and any script. The lines are files, never embedded in HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = false,
    };

    /// <summary>A writer into a buffer; <see cref="Utf8JsonWriter.Reset()"/> it between lines.</summary>
    public static Utf8JsonWriter Into(IBufferWriter<byte> buffer) => new(buffer, Options);

    /// <summary>Writes a number with so many decimals at most, without exponent and trailing zeros.</summary>
    public static void WriteRounded(this Utf8JsonWriter writer, string name, double value, int decimals)
    {
        writer.WritePropertyName(name);

        // A decimal never prints an exponent. "+ 0m" turns a rounded -0.0 into 0.
        writer.WriteNumberValue(decimal.Round((decimal)value, decimals) / 1.000000000000000000000000000000m + 0m);
    }

    /// <summary>Writes a time in UTC, to the second or, where there are any, milliseconds; null when unknown.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is not { } at)
        {
            writer.WriteNull(name);
            return;
        }

        var utc = at.UtcDateTime;
        var format = utc.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        writer.WriteString(name, utc.ToString(format, CultureInfo.InvariantCulture));
    }
}
