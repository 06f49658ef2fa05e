using System.Text.RegularExpressions;
using Sentinel.Hosting.Observability;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>What instruments are called.</summary>
public sealed class InstrumentTests
{
    [Fact]
    public void Instruments_AreNamedByAreaAndDescribed()
    {
        var instruments = OwnInstruments.All();
        Assert.True(instruments.Count > 30, $"only {instruments.Count}");
        Assert.All(instruments, instrument =>
        {
            Assert.Matches(new Regex(@"^sentinel(\.[a-z][a-z_]*)+$"), instrument.Name);
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
            Assert.StartsWith("LlmSentinel.", instrument.Meter.Name, StringComparison.Ordinal);
            Assert.StartsWith("llm_sentinel_", MetricNames.FamilyOf(instrument), StringComparison.Ordinal);
        });
        Assert.Equal(instruments.Count, instruments.Select(instrument => instrument.Name).Distinct().Count());
    }

    [Fact]
    public void Names_HaveUnitAndTotal()
    {
        var names = OwnInstruments.SampleNames();
        Assert.Contains("llm_sentinel_lane_exchanges_total", names);
        Assert.Contains("llm_sentinel_lane_commit_duration_seconds_bucket", names);
        Assert.Contains("llm_sentinel_lane_inbox_bytes", names); // Not bytes_bytes.
        Assert.Contains("llm_sentinel_consumer_lag", names);
    }
}
