using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sentinel.Detection.Incidents;
using Sentinel.Reports.Stix;

namespace Sentinel.Reports.Sharing;

/// <summary>Whose bundle is read, and how much it is worth.</summary>
/// <param name="Name">The source.</param>
/// <param name="Weight">How much we trust it, 0..1.</param>
/// <param name="ValidDaysMax">Days after which what it told ends, whatever it says itself.</param>
public sealed record ImportSource(string Name, double Weight, int ValidDaysMax);

/// <summary>What came of reading a bundle.</summary>
/// <param name="Keys">Keys that it told of.</param>
/// <param name="Ignored">Indicators that are in another pattern, have expired or were revoked.</param>
public sealed record ImportReading(ImmutableArray<ImportedKey> Keys, int Ignored);

/// <summary>Reads other installations' STIX bundles: the keys of their indicators, and nothing else.</summary>
public static class BundleReader
{
    /// <summary>Keys of one bundle; more are ignored.</summary>
    public const int KeysMax = 10_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads a bundle; false, with what is wrong, when it is none.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, ImportSource source, DateTimeOffset now, out ImportReading reading, out string fault)
    {
        ArgumentNullException.ThrowIfNull(source);
        reading = new ImportReading([], 0);
        fault = "The body is no STIX 2.1 bundle.";
        try
        {
            using var bundle = JsonDocument.Parse(json, Options);
            if (TextOf(bundle.RootElement, "type") != "bundle"
                || !bundle.RootElement.TryGetProperty("objects", out var objects)
                || objects.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            reading = Read(objects, source, now);
            fault = string.Empty;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ImportReading Read(JsonElement objects, ImportSource source, DateTimeOffset now)
    {
        var keys = new Dictionary<(int Kind, string Value), ImportedKey>();
        var ignored = 0;
        foreach (var item in objects.EnumerateArray())
        {
            if (TextOf(item, "type") != "indicator")
            {
                continue;
            }

            if (keys.Count >= KeysMax || KeyOf(item, source, now) is not { } key)
            {
                ignored++;
                continue;
            }

            keys[((int)key.Kind, key.Value)] = key;
        }

        return new ImportReading([.. keys.Values], ignored);
    }

    private static ImportedKey? KeyOf(JsonElement item, ImportSource source, DateTimeOffset now)
    {
        var isRevoked = item.TryGetProperty("revoked", out var revoked) && revoked.ValueKind == JsonValueKind.True;
        if (isRevoked || !StixKeys.TryRead(TextOf(item, "pattern"), out var kind, out var value))
        {
            return null;
        }

        var last = now.AddDays(source.ValidDaysMax);
        var until = DateTimeOffset.TryParse(
            TextOf(item, "valid_until"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told)
            && told < last ? told : last;
        if (until <= now)
        {
            return null;
        }

        var confidence = item.TryGetProperty("confidence", out var percent) && percent.TryGetInt32(out var number)
            ? Math.Clamp(number, 0, 100) / 100.0 : 0.5;
        return new ImportedKey(source.Name, kind, value, confidence * source.Weight, until, now);
    }

    private static string TextOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
