using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The discrepancy between windows of the whole traffic and innocent queries. Source: arXiv 2606.05725, which judges
/// windows and knows no accounts. An account's score is the highest mean discrepancy, over its exchanges so far, of the
/// windows that they fell into.
/// </summary>
internal sealed class GlobalWindows : IBaseline
{
    /// <summary>Exchanges of a window, as in the paper.</summary>
    public const int WindowLength = 1_500;

    private const int SampleMax = 20_000;

    public string Name => "mmd-global";

    public string Source => "arXiv 2606.05725, windows of 1,500 of all traffic";

    public bool LearnsFromInnocents => true;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        var kernel = KernelMean.Of(Vectors.Sample(traffic, innocents, SampleMax));
        var totals = new (int Count, double Sum)[book.Trails.Length];
        Span<float> point = stackalloc float[ContentScores.EmbeddingLength];
        Span<float> features = stackalloc float[KernelMean.Length];
        Span<double> sum = stackalloc double[KernelMean.Length];
        for (var start = 0; start + WindowLength <= traffic.Exchanges.Length; start += WindowLength)
        {
            cancel.ThrowIfCancellationRequested();
            var window = traffic.Exchanges.Slice(start, WindowLength);
            sum.Clear();
            foreach (ref readonly var exchange in window)
            {
                exchange.CopyEmbedding(point);
                kernel.Features(point, features);
                KernelMean.Add(sum, features);
            }

            var discrepancy = Math.Max(0, kernel.Discrepancy(sum, WindowLength));
            foreach (ref readonly var exchange in window)
            {
                ref var total = ref totals[exchange.Account];
                total = (total.Count + 1, total.Sum + discrepancy);
                book.Trails[exchange.Account].Raise(window[^1].AtMs, total.Count, total.Sum / total.Count);
            }
        }

        return book;
    }
}
