using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The largest discrepancy between a window of an account's consecutive queries and innocent ones. Source: the window
/// detector of arXiv 2606.05725 (maximum mean discrepancy of embeddings), on windows of one account.
/// </summary>
internal sealed class AccountWindows : IBaseline
{
    /// <summary>Exchanges of a window.</summary>
    public const int WindowLength = 50;

    private const int FirstLook = 20; // Most accounts never fill a window: a first look when it is two fifths full.
    private const int SampleMax = 20_000;

    public string Name => "mmd-account";

    public string Source => "arXiv 2606.05725, windows of 50 of an account";

    public bool LearnsFromInnocents => true;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        var kernel = KernelMean.Of(Vectors.Sample(traffic, innocents, SampleMax));
        Span<float> point = stackalloc float[ContentScores.EmbeddingLength];
        Span<float> features = stackalloc float[KernelMean.Length];
        Span<double> sum = stackalloc double[KernelMean.Length];
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            sum.Clear();
            var (seen, held) = (0, 0);
            foreach (var place in traffic.Of(account))
            {
                ref readonly var exchange = ref traffic.Exchanges[place];
                exchange.CopyEmbedding(point);
                kernel.Features(point, features);
                KernelMean.Add(sum, features);
                (seen, held) = (seen + 1, held + 1);
                if (held is FirstLook or WindowLength)
                {
                    book.Trails[account].Raise(exchange.AtMs, seen, kernel.Discrepancy(sum, held));
                }

                if (held == WindowLength)
                {
                    held = 0;
                    sum.Clear();
                }
            }
        }

        return book;
    }
}
