using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Bucket bounds of the histograms: fixed, so that the series of all nodes add up.</summary>
internal static class Buckets
{
    /// <summary>0.5 ms to one minute.</summary>
    public static InstrumentAdvice<double> Seconds => new()
    {
        HistogramBucketBoundaries =
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    /// <summary>One row to a million.</summary>
    public static InstrumentAdvice<long> Rows => new()
    {
        HistogramBucketBoundaries = [1, 8, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576],
    };

    /// <summary>1 KiB to 4 GiB.</summary>
    public static InstrumentAdvice<long> Bytes => new()
    {
        HistogramBucketBoundaries =
            [1L << 10, 1L << 14, 1L << 18, 1L << 20, 1L << 22, 1L << 24, 1L << 26, 1L << 28, 1L << 30, 1L << 32],
    };
}
