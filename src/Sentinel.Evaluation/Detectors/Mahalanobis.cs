using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The mean squared Mahalanobis distance of an account's queries from innocent ones. Source: K. Lee, K. Lee, H. Lee and
/// J. Shin, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks", NeurIPS
/// 2018, with one class of innocents and one layer, the classifier's embedding.
/// </summary>
internal sealed class Mahalanobis : IBaseline
{
    private const int SampleMax = 50_000;
    private const int ExchangesMin = 5;
    private const double Ridge = 1e-4; // An embedding of fewer true dimensions has a singular covariance.

    public string Name => "mahalanobis";

    public string Source => "Lee et al. 2018 (Mahalanobis)";

    public bool LearnsFromInnocents => true;

    public ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel)
    {
        var book = new ScoreBook(traffic.Accounts.Count);
        var shape = Shape.Of(Vectors.Sample(traffic, innocents, SampleMax));
        Span<float> point = stackalloc float[ContentScores.EmbeddingLength];
        for (var account = 0; account < book.Trails.Length; account++)
        {
            cancel.ThrowIfCancellationRequested();
            var (seen, sum) = (0, 0.0);
            foreach (var place in traffic.Of(account))
            {
                ref readonly var exchange = ref traffic.Exchanges[place];
                exchange.CopyEmbedding(point);
                sum += shape.SquaredDistance(point);
                if (++seen >= ExchangesMin)
                {
                    book.Trails[account].Raise(exchange.AtMs, seen, sum / seen);
                }
            }
        }

        return book;
    }

    /// <summary>Mean and Cholesky factor of the covariance.</summary>
    private sealed class Shape(double[] mean, double[,] factor)
    {
        public static Shape Of(List<float[]> sample)
        {
            var size = ContentScores.EmbeddingLength;
            var mean = new double[size];
            sample.ForEach(point => Add(mean, point, 1.0 / sample.Count));
            var covariance = new double[size, size];
            foreach (var point in sample)
            {
                for (var i = 0; i < size; i++)
                {
                    for (var j = 0; j <= i; j++)
                    {
                        covariance[i, j] += (point[i] - mean[i]) * (point[j] - mean[j]) / sample.Count;
                    }
                }
            }

            return new Shape(mean, Cholesky(covariance, size));
        }

        public double SquaredDistance(ReadOnlySpan<float> point)
        {
            Span<double> solved = stackalloc double[mean.Length];
            var sum = 0.0;
            for (var i = 0; i < mean.Length; i++)
            {
                var value = point[i] - mean[i];
                for (var j = 0; j < i; j++)
                {
                    value -= factor[i, j] * solved[j];
                }

                solved[i] = value / factor[i, i];
                sum += solved[i] * solved[i];
            }

            return sum;
        }

        private static void Add(double[] sum, float[] point, double weight)
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += weight * point[i];
            }
        }

        private static double[,] Cholesky(double[,] matrix, int size)
        {
            var factor = new double[size, size];
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var sum = matrix[i, j] + (i == j ? Ridge : 0);
                    for (var k = 0; k < j; k++)
                    {
                        sum -= factor[i, k] * factor[j, k];
                    }

                    factor[i, j] = i == j ? Math.Sqrt(sum) : sum / factor[j, j];
                }
            }

            return factor;
        }
    }
}
