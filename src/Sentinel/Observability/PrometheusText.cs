using System.Globalization;
using System.Text;

namespace Sentinel.Hosting.Observability;

/// <summary>Which of its text formats Prometheus asked for.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus's own, 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}

/// <summary>Writes what a <see cref="MetricCollector"/> holds as text for Prometheus. Not thread-safe.</summary>
internal sealed class PrometheusText(ExpositionFormat format)
{
    private readonly StringBuilder _text = new();
    private string _family = "";

    /// <summary>The whole exposition.</summary>
    public static string Of(MetricCollector collector, ExpositionFormat format)
    {
        var text = new PrometheusText(format);
        collector.Collect(text.Add);
        return text.End();
    }

    private void Add(string family, SeriesTable table)
    {
        var isBegun = false;
        table.ForEach(series =>
        {
            if (!isBegun)
            {
                Begin(family, table); // Only now: a family without series says nothing.
                isBegun = true;
            }

            Write(family, table, series);
        });
    }

    private string End()
    {
        if (format == ExpositionFormat.OpenMetrics)
        {
            _text.Append("# EOF\n");
        }

        return _text.ToString();
    }

    private void Begin(string family, SeriesTable table)
    {
        if (string.Equals(family, _family, StringComparison.Ordinal))
        {
            return; // Two instruments of one name are one family.
        }

        _family = family;
        var type = table.Kind switch
        {
            SeriesKind.Counter => "counter",
            SeriesKind.Histogram => "histogram",
            _ => "gauge",
        };
        var shown = table.Kind == SeriesKind.Counter && format == ExpositionFormat.Prometheus
            ? Total(family)
            : family;
        _text.Append("# TYPE ").Append(shown).Append(' ').Append(type).Append('\n');
        var unit = MetricNames.UnitOf(table.Instrument.Unit);
        if (format == ExpositionFormat.OpenMetrics && unit.Length > 0)
        {
            _text.Append("# UNIT ").Append(shown).Append(' ').Append(unit).Append('\n');
        }

        if (table.Instrument.Description is { Length: > 0 } help)
        {
            _text.Append("# HELP ").Append(shown).Append(' ');
            Escape(help, isQuoted: format == ExpositionFormat.OpenMetrics);
            _text.Append('\n');
        }
    }

    private void Write(string family, SeriesTable table, Series series)
    {
        switch (table.Kind)
        {
            case SeriesKind.Counter:
                Sample(Total(family), series, bound: null, series.Value);
                break;
            case SeriesKind.Histogram:
                WriteHistogram(family, table, series);
                break;
            default:
                Sample(family, series, bound: null, series.Value);
                break;
        }
    }

    private void WriteHistogram(string family, SeriesTable table, Series series)
    {
        long below = 0;
        for (var i = 0; i < series.Buckets.Length; i++)
        {
            below += series.Buckets[i];
            var bound = i < table.Bounds.Length ? table.Bounds[i] : double.PositiveInfinity;
            Sample(family + "_bucket", series, bound, below);
        }

        Sample(family + "_sum", series, bound: null, series.Value);
        Sample(family + "_count", series, bound: null, series.Count);
    }

    private void Sample(string name, Series series, double? bound, double value)
    {
        _text.Append(name);
        if (series.Tags.Length > 0 || bound is not null)
        {
            _text.Append('{');
            foreach (var (label, text) in LabelsOf(series.Tags))
            {
                Label(label, text);
            }

            if (bound is { } most)
            {
                Label("le", Canonical(most));
            }

            _text.Length--; // The comma after the last.
            _text.Append('}');
        }

        _text.Append(' ').Append(Plain(value)).Append('\n');
    }

    // Tags that differ only in letters that labels cannot have share a label.
    private static IEnumerable<(string Label, string Value)> LabelsOf(KeyValuePair<string, object?>[] tags) =>
        tags.GroupBy(static tag => MetricNames.LabelOf(tag.Key), StringComparer.Ordinal)
            .Select(static same => (same.Key, string.Join(';', same.Select(static tag => TextOf(tag.Value)))));

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private void Label(string name, string value)
    {
        _text.Append(name).Append("=\"");
        Escape(value, isQuoted: true);
        _text.Append("\",");
    }

    private void Escape(string value, bool isQuoted)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when isQuoted => _text.Append("\\\""),
                _ => _text.Append(letter),
            };
        }
    }

    private static string Total(string family) =>
        family.EndsWith("_total", StringComparison.Ordinal) ? family : family + "_total";

    private static string Plain(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    // OpenMetrics compares bounds as text, so a whole number has its ".0" too.
    private static string Canonical(double bound)
    {
        var text = Plain(bound);
        return double.IsFinite(bound) && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
