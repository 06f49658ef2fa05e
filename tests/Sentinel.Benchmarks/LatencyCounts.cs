using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>Counts times in steps of a fiftieth, and tells percentiles of them. Thread-safe.</summary>
internal sealed class LatencyCounts
{
    private const double Step = 1.02;
    private const int Steps = 1_000; // From a tenth of a microsecond on: 39 seconds.
    private const double First = 0.1;

    private readonly long[] _counts = new long[Steps];

    public long Count => _counts.Sum();

    public void Add(TimeSpan time)
    {
        var step = (int)Math.Ceiling(Math.Log(Math.Max(time.TotalMicroseconds, First) / First, Step));
        Interlocked.Increment(ref _counts[Math.Min(step, Steps - 1)]);
    }

    /// <summary>Microseconds within which a share of them were, or a fiftieth more.</summary>
    public double Percentile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < Steps; i++)
        {
            left -= _counts[i];
            if (left <= 0)
            {
                return First * Math.Pow(Step, i);
            }
        }

        return double.PositiveInfinity;
    }

    public void Clear() => Array.Clear(_counts);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"median {Percentile(0.5):0} µs, p99 {Percentile(0.99):0} µs, p99.9 {Percentile(0.999):0} µs of {Count}");
}
