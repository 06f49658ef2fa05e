using System.Globalization;

namespace Sentinel.Api.Ingest;

/// <summary>
/// Names submissions: a dead letter is named by its source and position, so no two ever have the same source. Thread-safe.
/// </summary>
/// <param name="clock">Part of every name.</param>
internal sealed class SubmissionNames(TimeProvider clock)
{
    private long _count;

    /// <summary>A name that no other submission of this process has.</summary>
    public string Next()
    {
        var number = Interlocked.Increment(ref _count);
        return string.Create(
            CultureInfo.InvariantCulture, $"http-{clock.GetUtcNow():yyyyMMdd'T'HHmmss.fff'Z'}-{number}");
    }
}
