using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// How many of an account's queries are very like an earlier one of it. Source: Z. Zhang, Y. Chen and D. Wagner, "SEAT:
/// Similarity Encoder by Adversarial Training for Detecting Model Extraction Attack Queries", AISec 2021. The encoder
/// is the classifier's embedding; two queries are alike when nearer than <see cref="AlikeShare"/> of the pairs of
/// unrelated innocents.
/// </summary>
internal sealed class Seat : IBaseline
{
    private const double AlikeShare = 0.001;
    private const int SampleMax = 1_500; // A million pairs: a thousand of them lie below the distance.

    public string Name => "seat";

    public string Source => "Zhang et al. 2021 (SEAT)";

    public bool LearnsFromInnocents => true;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        var alike = AlikeDistance(Vectors.Sample(traffic, innocents, SampleMax));
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            ScoreAccount(traffic, traffic.Of(account), alike, book.Trails[account]);
        }

        return book;
    }

    private static void ScoreAccount(ObservedTraffic traffic, ReadOnlySpan<int> places, float alike, ScoreTrail trail)
    {
        var count = Math.Min(places.Length, Prada.QueriesMax);
        var points = new float[count * ContentScores.EmbeddingLength];
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var point = PointAt(points, i);
            ref readonly var exchange = ref traffic.Exchanges[places[i]];
            exchange.CopyEmbedding(point);
            for (var earlier = i - 1; earlier >= 0; earlier--) // Of those alike the latest is met first.
            {
                if (Vectors.SquaredDistance(point, PointAt(points, earlier)) < alike)
                {
                    trail.Raise(exchange.AtMs, i + 1, ++found);
                    break;
                }
            }
        }
    }

    private static Span<float> PointAt(float[] points, int index) =>
        points.AsSpan(index * ContentScores.EmbeddingLength, ContentScores.EmbeddingLength);

    // Squared.
    private static float AlikeDistance(List<float[]> sample)
    {
        var distances = new List<float>(sample.Count * sample.Count / 2);
        for (var i = 0; i < sample.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                distances.Add(Vectors.SquaredDistance(sample[i], sample[j]));
            }
        }

        distances.Sort();
        return distances.Count == 0 ? 0 : distances[(int)(AlikeShare * distances.Count)];
    }
}
