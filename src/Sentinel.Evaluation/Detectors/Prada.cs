using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// How far the distances between an account's queries are from a normal distribution: 1 - W of Shapiro and Wilk over
/// the distance of each query to the nearest one before it that the model puts into the same class. Source: M. Juuti,
/// S. Szyller, S. Marchal and N. Asokan, "PRADA: Protecting Against DNN Model Stealing Attacks", EuroS&amp;P 2019. The
/// class is the content kind that scores highest; distances are Euclidean in the classifier's embedding.
/// </summary>
internal sealed class Prada : IBaseline
{
    /// <summary>Queries of an account looked at: the test needs some dozens, and each costs all before it.</summary>
    public const int QueriesMax = 2_000;

    // The paper starts at 100; most accounts here never send so many.
    private const int DistancesMin = 30;
    private const double OutlierDeviations = 3;
    private const double TestAgainAfter = 1.3;

    public string Name => "prada";

    public string Source => "Juuti et al. 2019 (PRADA)";

    public bool LearnsFromInnocents => false;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            ScoreAccount(traffic, traffic.Of(account), book.Trails[account]);
        }

        return book;
    }

    private static void ScoreAccount(ObservedTraffic traffic, ReadOnlySpan<int> places, ScoreTrail trail)
    {
        if (places.Length <= DistancesMin)
        {
            return;
        }

        var seen = new GrowingSet[ContentKinds.Count];
        var distances = new List<double>();
        var next = DistancesMin;
        for (var i = 0; i < Math.Min(places.Length, QueriesMax); i++)
        {
            ref readonly var exchange = ref traffic.Exchanges[places[i]];
            var point = new float[ContentScores.EmbeddingLength];
            exchange.CopyEmbedding(point);
            if ((seen[exchange.TopKind] ??= new GrowingSet()).Take(point) is { } distance)
            {
                distances.Add(distance);
            }

            if (distances.Count >= next)
            {
                trail.Raise(exchange.AtMs, i + 1, 1 - ShapiroWilk.Of(WithoutOutliers(distances)));
                next = (int)(distances.Count * TestAgainAfter);
            }
        }
    }

    private static double[] WithoutOutliers(List<double> distances)
    {
        var mean = distances.Average();
        var deviation = Math.Sqrt(distances.Average(distance => (distance - mean) * (distance - mean)));
        return [.. distances.Where(distance => Math.Abs(distance - mean) <= OutlierDeviations * deviation)];
    }

    /// <summary>Queries of one class. One joins the set only when it lies far enough from all in it.</summary>
    private sealed class GrowingSet
    {
        private readonly List<float[]> _points = [];
        private double _sum;
        private double _sumOfSquares;
        private int _joined;

        /// <summary>The distance to the nearest in the set; null for the first.</summary>
        public double? Take(float[] point)
        {
            if (_points.Count == 0)
            {
                _points.Add(point);
                return null;
            }

            var squared = float.PositiveInfinity;
            foreach (var other in _points)
            {
                squared = Math.Min(squared, Vectors.SquaredDistance(point, other));
            }

            var nearest = Math.Sqrt(squared);
            if (nearest > Threshold())
            {
                _points.Add(point);
                _joined++;
                _sum += nearest;
                _sumOfSquares += nearest * nearest;
            }

            return nearest;
        }

        private double Threshold()
        {
            if (_joined == 0)
            {
                return 0;
            }

            var mean = _sum / _joined;
            return mean - Math.Sqrt(Math.Max(0, (_sumOfSquares / _joined) - (mean * mean)));
        }
    }
}
