using Sentinel.Storage;
using Sentinel.Storage.Http;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>
/// Tries again what a ClickHouse server that is away made fail, saying so each time. What it does can be done twice.
/// </summary>
/// <param name="waitMax">How long to go on trying.</param>
/// <param name="clock">Times it.</param>
/// <param name="outage">Hears of every try.</param>
internal sealed class Patience(TimeSpan waitMax, TimeProvider clock, Action<ClickHouseOutage> outage)
{
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(5);

    /// <summary>Does it until it is done.</summary>
    /// <exception cref="ClickHouseUnavailableException">The server stayed away too long.</exception>
    public async Task<T> WaitAsync<T>(Func<Task<T>> act, CancellationToken cancel)
    {
        var since = clock.GetUtcNow();
        for (var tries = 1; ; tries++)
        {
            try
            {
                var done = await act();
                if (tries > 1)
                {
                    outage(new ClickHouseOutage(since, clock.GetUtcNow(), tries, "", IsOver: true));
                }

                return done;
            }
            catch (ClickHouseUnavailableException away) when (clock.GetUtcNow() - since < waitMax)
            {
                outage(new ClickHouseOutage(since, clock.GetUtcNow(), tries, away.Message, IsOver: false));
            }

            var delay = TimeSpan.FromSeconds(Math.Min(tries, DelayMax.TotalSeconds));
            await Task.Delay(delay, clock, cancel);
        }
    }
}
