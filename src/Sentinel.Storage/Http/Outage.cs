namespace Sentinel.Storage.Http;

/// <summary>Inserts wait for a server, or did.</summary>
/// <param name="Since">When the first of them began.</param>
/// <param name="At">When this was reported.</param>
/// <param name="Tries">Tries of the insert that reports.</param>
/// <param name="Reason">A sentence: what failed last. Without statements, values or passwords.</param>
/// <param name="IsOver">Whether the server has taken an insert in again.</param>
public sealed record ClickHouseOutage(
    DateTimeOffset Since, DateTimeOffset At, int Tries, string Reason, bool IsOver);

// The outage that several inserts see at the same time, as one.
internal sealed class OutageWatch
{
    private readonly Lock _lock = new();
    private volatile ClickHouseOutage? _current;

    public event Action<ClickHouseOutage>? Changed;

    public void Report(DateTimeOffset since, DateTimeOffset now, int tries, string reason)
    {
        lock (_lock)
        {
            var earliest = _current is { } current && current.Since < since ? current.Since : since;
            _current = new ClickHouseOutage(earliest, now, tries, reason, IsOver: false);
            Changed?.Invoke(_current);
        }
    }

    public void End(DateTimeOffset now)
    {
        if (_current is null)
        {
            return; // The usual case takes no lock.
        }

        lock (_lock)
        {
            if (_current is { } current)
            {
                _current = null;
                Changed?.Invoke(current with { At = now, IsOver = true });
            }
        }
    }
}

// Waits that double from a fifth of a second up to a maximum, each shortened by chance by up to a half: processes that
// failed together do not come back together.
internal sealed class RetryClock(TimeProvider clock, Random jitter, TimeSpan delayMax)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();

    public DateTimeOffset Now => clock.GetUtcNow();

    public Task DelayAsync(int tries, CancellationToken cancel)
    {
        var full = Math.Min(delayMax.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, tries - 1));
        double share;
        lock (_lock)
        {
            share = jitter.NextDouble();
        }

        return Task.Delay(TimeSpan.FromMilliseconds(full * (1 - (share / 2))), clock, cancel);
    }
}
