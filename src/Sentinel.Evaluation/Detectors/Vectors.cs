using System.Runtime.Intrinsics;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>What baselines over embeddings have in common.</summary>
internal static class Vectors
{
    /// <summary>Euclidean distance of two embeddings.</summary>
    public static double Distance(ReadOnlySpan<float> left, ReadOnlySpan<float> right) =>
        Math.Sqrt(SquaredDistance(left, right));

    /// <summary>
    /// Its square, which orders alike and costs no root. Four sums whatever fits a register, so that it is the same
    /// number on every machine.
    /// </summary>
    public static float SquaredDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sums = Vector128<float>.Zero;
        for (var i = 0; i + Vector128<float>.Count <= left.Length; i += Vector128<float>.Count)
        {
            var difference = Vector128.Create(left[i..]) - Vector128.Create(right[i..]);
            sums += difference * difference;
        }

        return Vector128.Sum(sums);
    }

    /// <summary>
    /// Embeddings of a sample of some accounts' exchanges, account by account in turn so that no heavy one rules it.
    /// Deterministic: which exchange of an account comes first is drawn by its event.
    /// </summary>
    public static List<float[]> Sample(ObservedTraffic traffic, IReadOnlyList<int> accounts, int most)
    {
        var queues = accounts.Select(account => Shuffled(traffic, account)).ToList();
        var sample = new List<float[]>();
        for (var round = 0; sample.Count < most && queues.Count > 0; round++)
        {
            queues.RemoveAll(queue => queue.Length <= round);
            foreach (var queue in queues.Take(most - sample.Count))
            {
                var point = new float[ContentScores.EmbeddingLength];
                traffic.Exchanges[queue[round]].CopyEmbedding(point);
                sample.Add(point);
            }
        }

        return sample;
    }

    private static int[] Shuffled(ObservedTraffic traffic, int account)
    {
        const int OfAccountMax = 64; // No account is asked for more, so no more is sorted and kept.
        var places = traffic.Of(account).ToArray();
        var keys = Array.ConvertAll(places, place => KeyHash.Mix(traffic.Exchanges[place].EventKey));
        Array.Sort(keys, places);
        return places[..Math.Min(places.Length, OfAccountMax)];
    }
}
