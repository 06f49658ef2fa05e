using System.Diagnostics.Metrics;
using Sentinel.Hosting.Observability;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The text that Prometheus reads.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    // A meter of its own, under a name that the collector listens to.
    private readonly Meter _meter = new("LlmSentinel.Tests.Text");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Counter_HasTotalAndEscapedLabels()
    {
        using var collector = new MetricCollector(seriesMax: 10);
        var counter = _meter.CreateCounter<long>("sentinel.t.things", "{thing}", "Back\\slash,\nnew line and \"quote\".");
        counter.Add(2, Tag("na-me", "a\\b\"c\nd"));
        counter.Add(3, Tag("na-me", "a\\b\"c\nd"));
        const string Sample = "llm_sentinel_t_things_total{na_me=\"a\\\\b\\\"c\\nd\"} 5\n";
        var plain = PrometheusText.Of(collector, ExpositionFormat.Prometheus);
        Assert.Contains(
            "# TYPE llm_sentinel_t_things_total counter\n"
            + "# HELP llm_sentinel_t_things_total Back\\\\slash,\\nnew line and \"quote\".\n" + Sample,
            plain, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", plain, StringComparison.Ordinal);
        var open = PrometheusText.Of(collector, ExpositionFormat.OpenMetrics);
        Assert.Contains(
            "# TYPE llm_sentinel_t_things counter\n"
            + "# HELP llm_sentinel_t_things Back\\\\slash,\\nnew line and \\\"quote\\\".\n" + Sample,
            open, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", open, StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_AddsUpItsBuckets()
    {
        using var collector = new MetricCollector(seriesMax: 10);
        var histogram = _meter.CreateHistogram(
            "sentinel.t.time", "s", "Time.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 10] });
        foreach (var value in new[] { 0.25, 0.5, 2, 100 })
        {
            histogram.Record(value);
        }

        Assert.Contains(
            """
            # TYPE llm_sentinel_t_time_seconds histogram
            # UNIT llm_sentinel_t_time_seconds seconds
            # HELP llm_sentinel_t_time_seconds Time.
            llm_sentinel_t_time_seconds_bucket{le="0.5"} 2
            llm_sentinel_t_time_seconds_bucket{le="1.0"} 2
            llm_sentinel_t_time_seconds_bucket{le="10.0"} 3
            llm_sentinel_t_time_seconds_bucket{le="+Inf"} 4
            llm_sentinel_t_time_seconds_sum 102.75
            llm_sentinel_t_time_seconds_count 4

            """,
            PrometheusText.Of(collector, ExpositionFormat.OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_AreBounded()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        var counter = _meter.CreateCounter<int>("sentinel.t.many");
        for (var i = 0; i < 100; i++)
        {
            counter.Add(1, Tag("account", i));
        }

        var lines = Lines(collector, "llm_sentinel_t_many_total{");
        Assert.Equal(9, lines.Length);
        Assert.Contains("llm_sentinel_t_many_total{otel_metric_overflow=\"true\"} 92", lines);
    }

    [Fact]
    public void ObservedSeries_GoWhenTheyAreNotObserved()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        var shown = new List<int> { 1, 2 };
        _meter.CreateObservableGauge(
            "sentinel.t.lag", () => shown.Select(partition => new Measurement<int>(7, Tag("partition", partition))));
        Assert.Equal(2, Lines(collector, "llm_sentinel_t_lag{").Length);
        shown.Remove(1);
        Assert.Equal(["llm_sentinel_t_lag{partition=\"2\"} 7"], Lines(collector, "llm_sentinel_t_lag{"));
        for (var i = 10; i < 30; i++)
        {
            shown.Add(i);
        }

        Assert.Equal(9, Lines(collector, "llm_sentinel_t_lag{").Length);
        shown.RemoveRange(1, shown.Count - 1);
        Assert.Equal(["llm_sentinel_t_lag{partition=\"2\"} 7"], Lines(collector, "llm_sentinel_t_lag{"));
    }

    [Fact]
    public void Tags_InAnotherOrder_AreTheSameSeries()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        var gauge = _meter.CreateGauge<double>("sentinel.t.last");
        gauge.Record(1, Tag("a", 1), Tag("b", true));
        gauge.Record(double.NaN, Tag("b", true), Tag("a", 1));
        Assert.Equal(["llm_sentinel_t_last{a=\"1\",b=\"true\"} NaN"], Lines(collector, "llm_sentinel_t_last"));
    }

    [Fact]
    public void OtherMeters_AreNotShown()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        using var other = new Meter("Somebody.Else");
        other.CreateCounter<int>("somebody.else").Add(1);
        Assert.Empty(Lines(collector, "somebody_else"));
    }

    [Fact]
    public async Task ManyThreads_LoseNothing()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        var counter = _meter.CreateCounter<int>("sentinel.t.parallel");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, Tag("kind", i % 2));
                if (i % 1_000 == 0)
                {
                    PrometheusText.Of(collector, ExpositionFormat.Prometheus);
                }
            }
        })));
        Assert.Contains("llm_sentinel_t_parallel_total{kind=\"0\"} 20000", Lines(collector, "llm_sentinel_t_parallel"));
    }

    [Fact]
    public async Task MetersThatGo_DoNotDisturbACollection()
    {
        using var collector = new MetricCollector(seriesMax: 8);
        var comeAndGo = Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                using var passing = new Meter("LlmSentinel.Tests.Passing");
                passing.CreateObservableGauge("sentinel.t.passing", () => 1);
            }
        });
        while (!comeAndGo.IsCompleted)
        {
            PrometheusText.Of(collector, ExpositionFormat.Prometheus);
        }

        await comeAndGo;
        Assert.Empty(Lines(collector, "llm_sentinel_t_passing"));
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    private static string[] Lines(MetricCollector collector, string start) =>
        [.. PrometheusText.Of(collector, ExpositionFormat.Prometheus).Split('\n')
            .Where(line => line.StartsWith(start, StringComparison.Ordinal))];
}
