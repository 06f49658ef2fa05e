using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>
/// The embedding's columns: latent semantic analysis of the features, weighed by their rarity. Learns no labels, so
/// that it says what a prompt is about and how it is put, and nothing else.
/// </summary>
internal static class TopicEmbedding
{
    private const int Length = ContentScores.EmbeddingLength;

    // The first direction is what all prompts share; a few more than are kept make the iteration converge.
    private const int Directions = Length + 1 + 7;
    private const int Iterations = 6;
    private const int PromptsPerTemplateMax = 12;
    private const int PromptsPerFeatureMin = 6;

    // Far from the limits of half precision on both sides.
    private const float LargestColumn = 16;

    /// <summary>Columns by feature.</summary>
    public static float[] Learn(TrainingSet set, int seed, CancellationToken cancel)
    {
        var prompts = set.Families
            .SelectMany(static family => family.Templates)
            .SelectMany(static template => template.Prompts.Take(PromptsPerTemplateMax))
            .Select(static prompt => prompt.Features)
            .ToList();
        var rarity = Rarity(prompts);
        int[] active = [.. Enumerable.Range(0, rarity.Length).Where(feature => rarity[feature] > 0)];
        var place = new int[rarity.Length];
        for (var i = 0; i < active.Length; i++)
        {
            place[active[i]] = i;
        }

        // Only features that occur take part: rows of the basis are places in the list of those.
        prompts =
        [
            .. prompts.Select(features =>
                features.Where(feature => rarity[feature] > 0).Select(feature => place[feature]).ToArray()),
        ];
        float[] weights = [.. active.Select(feature => rarity[feature])];
        var random = new Random(seed);
        var basis = new float[active.Length * Directions];
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)(random.NextDouble() - 0.5);
        }

        var strengths = Orthonormalise(basis);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancel.ThrowIfCancellationRequested();
            basis = Multiply(prompts, weights, basis);
            strengths = Orthonormalise(basis);
        }

        return Columns(basis, active, weights, strengths);
    }

    private static float[] Rarity(List<int[]> prompts)
    {
        var counts = new int[FeatureLayout.BucketCount];
        foreach (var feature in prompts.SelectMany(static features => features))
        {
            counts[feature]++;
        }

        var rarity = new float[counts.Length];
        for (var i = FeatureLayout.ShapeEnd; i < rarity.Length; i++)
        {
            rarity[i] = counts[i] < PromptsPerFeatureMin ? 0 : MathF.Log((prompts.Count + 1f) / counts[i]);
        }

        return rarity;
    }

    // One step of the power iteration: the transposed matrix times the matrix times the basis.
    private static float[] Multiply(List<int[]> prompts, float[] rarity, float[] basis)
    {
        var result = new float[basis.Length];
        Span<float> projection = stackalloc float[Directions];
        foreach (var features in prompts)
        {
            projection.Clear();
            var squares = 1e-6f;
            foreach (var feature in features)
            {
                squares += rarity[feature] * rarity[feature];
                AddScaled(basis.AsSpan(feature * Directions, Directions), rarity[feature], projection);
            }

            foreach (var feature in features)
            {
                AddScaled(projection, rarity[feature] / squares, result.AsSpan(feature * Directions, Directions));
            }
        }

        return result;
    }

    private static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> target)
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] += source[i] * factor;
        }
    }

    // Gram and Schmidt, twice for accuracy's sake; returns the lengths before, which are the strengths.
    private static double[] Orthonormalise(float[] basis)
    {
        var strengths = new double[Directions];
        for (var direction = 0; direction < Directions; direction++)
        {
            for (var pass = 0; pass < 2; pass++)
            {
                for (var earlier = 0; earlier < direction; earlier++)
                {
                    Subtract(basis, direction, earlier, Dot(basis, direction, earlier));
                }
            }

            var norm = Math.Sqrt(Dot(basis, direction, direction));
            strengths[direction] = norm;
            for (var i = direction; i < basis.Length; i += Directions)
            {
                basis[i] = (float)(basis[i] / Math.Max(norm, 1e-12));
            }
        }

        return strengths;
    }

    private static double Dot(float[] basis, int left, int right)
    {
        var sum = 0.0;
        for (var row = 0; row < basis.Length; row += Directions)
        {
            sum += basis[row + left] * (double)basis[row + right];
        }

        return sum;
    }

    private static void Subtract(float[] basis, int from, int what, double factor)
    {
        for (var row = 0; row < basis.Length; row += Directions)
        {
            basis[row + from] -= (float)(factor * basis[row + what]);
        }
    }

    // Weaker directions are lifted, so that a few strong topics do not hide the others.
    private static float[] Columns(float[] basis, int[] active, float[] rarity, double[] strengths)
    {
        var columns = new float[FeatureLayout.BucketCount * Length];
        var largest = 1e-9f;
        for (var place = 0; place < active.Length; place++)
        {
            for (var i = 0; i < Length; i++)
            {
                var lift = 1 / Math.Sqrt(Math.Max(1e-9, strengths[1 + i]));
                var value = (float)(basis[(place * Directions) + 1 + i] * rarity[place] * lift);
                columns[(active[place] * Length) + i] = value;
                largest = Math.Max(largest, Math.Abs(value));
            }
        }

        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] *= LargestColumn / largest;
        }

        return columns;
    }
}
