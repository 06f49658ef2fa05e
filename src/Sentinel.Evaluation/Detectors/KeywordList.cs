using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The share of an account's exchanges whose text holds a phrase of a list (<see cref="KeywordLexicon"/>), shrunk while
/// there are few. Source: the indicators in the public disclosures and advisories of 2026, turned into the list that
/// an operator would write first.
/// </summary>
internal sealed class KeywordList : IBaseline
{
    /// <summary>The baseline's name: reading the texts once more is worth it for this one only.</summary>
    public const string KnownAs = "keywords";

    private const double ShrinkBy = 5;

    public string Name => KnownAs;

    public string Source => "phrases from public disclosures";

    public bool LearnsFromInnocents => false;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            var (seen, found) = (0, 0);
            foreach (var place in traffic.Of(account))
            {
                ref readonly var exchange = ref traffic.Exchanges[place];
                seen++;
                found += exchange.HasKeyword ? 1 : 0;
                book.Trails[account].Raise(exchange.AtMs, seen, found / (seen + ShrinkBy));
            }
        }

        return book;
    }
}
