using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The most exchanges of an account in any 24 hours. Source: the per-account quota that every API gateway has (for one,
/// the "leaky bucket" of J. Turner, "New directions in communications", IEEE Communications Magazine 24(10), 1986).
/// </summary>
internal sealed class RateLimit : IBaseline
{
    private const long DayMs = 86_400_000;

    public string Name => "rate-limit";

    public string Source => "quota per account and day";

    public bool LearnsFromInnocents => false;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            var places = traffic.Of(account);
            var oldest = 0;
            for (var i = 0; i < places.Length; i++)
            {
                var now = traffic.Exchanges[places[i]].AtMs;
                while (traffic.Exchanges[places[oldest]].AtMs < now - DayMs)
                {
                    oldest++;
                }

                book.Trails[account].Raise(now, i + 1, i + 1 - oldest);
            }
        }

        return book;
    }
}
