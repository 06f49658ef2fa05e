using System.Diagnostics.Metrics;

namespace Sentinel.Hosting.Observability;

/// <summary>
/// What instruments are called in Prometheus: dots become underscores, the unit and <c>_total</c> are added, and the
/// program's own get a prefix, since others are called Sentinel too. <c>sentinel.lane.commit.duration</c> in seconds is
/// <c>llm_sentinel_lane_commit_duration_seconds</c>.
/// </summary>
internal static class MetricNames
{
    /// <summary>Before the names of the program's own instruments.</summary>
    public const string OwnPrefix = "llm_";

    private const string OwnInstruments = "sentinel.";

    /// <summary>The name of the family, without <c>_total</c>.</summary>
    public static string FamilyOf(Instrument instrument)
    {
        var name = Cleaned(instrument.Name, mayHaveColon: true);
        if (instrument.Name.StartsWith(OwnInstruments, StringComparison.Ordinal))
        {
            name = OwnPrefix + name;
        }

        var unit = UnitOf(instrument.Unit);
        return unit.Length == 0 || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : $"{name}_{unit}";
    }

    /// <summary>The unit in Prometheus's words; empty where there is none.</summary>
    public static string UnitOf(string? unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        _ => "", // None, or something counted in braces.
    };

    /// <summary>The name of a label.</summary>
    public static string LabelOf(string tag) => Cleaned(tag, mayHaveColon: false);

    private static string Cleaned(string name, bool mayHaveColon)
    {
        var cleaned = string.Create(name.Length, (name, mayHaveColon), static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var letter = from.name[i];
                span[i] = char.IsAsciiLetterOrDigit(letter) || (letter == ':' && from.mayHaveColon) ? letter : '_';
            }
        });
        return cleaned.Length == 0 || char.IsAsciiDigit(cleaned[0]) ? "_" + cleaned : cleaned;
    }
}
