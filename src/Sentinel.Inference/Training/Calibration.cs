namespace Sentinel.Inference.Training;

/// <summary>
/// Makes logits probabilities. Harvest rests on two sights of it: its own output, and the soft maximum of the kinds;
/// each kind on its own output. Fitted by weighted logistic regression on prompts of families left out.
/// </summary>
/// <param name="HarvestScale">Factor of harvest's own logit.</param>
/// <param name="SoftMaxScale">Factor of the kinds' soft maximum.</param>
/// <param name="HarvestOffset">Added.</param>
/// <param name="KindScales">Factor by kind.</param>
/// <param name="KindOffsets">Added, by kind.</param>
internal sealed record Calibration(
    float HarvestScale, float SoftMaxScale, float HarvestOffset, float[] KindScales, float[] KindOffsets)
{
    private const int Iterations = 40;
    private const double Ridge = 1e-3;

    /// <summary>Fits on held-out scores; weights add up as the caller balances them.</summary>
    public static Calibration Fit(IReadOnlyList<HeldOutScore> scores, IReadOnlyList<double> weights)
    {
        var harvest = Regress(
            scores, weights, static score => score.Family.IsHarvest, static score => (score.Logits[0], SoftMaximum(score.Logits)));
        var kinds = NetworkOptions.OutputCount - 1;
        var (scales, offsets) = (new float[kinds], new float[kinds]);
        for (var kind = 0; kind < kinds; kind++)
        {
            var output = kind;
            var fit = Regress(
                scores, weights, score => (score.Family.KindMask >> output & 1) != 0, score => (score.Logits[1 + output], 0));
            (scales[kind], offsets[kind]) = ((float)fit.First, (float)fit.Offset);
        }

        return new Calibration((float)harvest.First, (float)harvest.Second, (float)harvest.Offset, scales, offsets);
    }

    /// <summary>Logarithm of the sum of the kinds' exponentials.</summary>
    public static float SoftMaximum(ReadOnlySpan<float> logits)
    {
        var maximum = float.MinValue;
        foreach (var logit in logits[1..])
        {
            maximum = Math.Max(maximum, logit);
        }

        var sum = 0f;
        foreach (var logit in logits[1..])
        {
            sum += MathF.Exp(logit - maximum);
        }

        return maximum + MathF.Log(sum);
    }

    /// <summary>Calibrated logit of harvest.</summary>
    public float HarvestLogit(ReadOnlySpan<float> logits) =>
        (HarvestScale * logits[0]) + (SoftMaxScale * SoftMaximum(logits)) + HarvestOffset;

    /// <summary>Probabilities of harvest and kinds.</summary>
    public void ToProbabilities(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        probabilities[0] = Sigmoid(HarvestLogit(logits));
        for (var kind = 0; kind < KindScales.Length; kind++)
        {
            probabilities[1 + kind] = Sigmoid((KindScales[kind] * logits[1 + kind]) + KindOffsets[kind]);
        }
    }

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    // Newton's method for two inputs and an offset; a ridge keeps a useless input at 0. No factor may be negative: a
    // higher output must not mean a lower probability.
    private static (double First, double Second, double Offset) Regress(
        IReadOnlyList<HeldOutScore> scores,
        IReadOnlyList<double> weights,
        Func<HeldOutScore, bool> isPositive,
        Func<HeldOutScore, (double First, double Second)> inputs)
    {
        var (a, b, c) = (0.1, 0.1, 0.0);
        var (usesFirst, usesSecond) = (true, true);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var gradient = new double[3];
            var hessian = new double[3, 3];
            for (var i = 0; i < scores.Count; i++)
            {
                var (first, second) = inputs(scores[i]);
                double[] x = [usesFirst ? first : 0, usesSecond ? second : 0, 1];
                var probability = 1 / (1 + Math.Exp(-((a * x[0]) + (b * x[1]) + c)));
                var error = weights[i] * (probability - (isPositive(scores[i]) ? 1 : 0));
                var curvature = weights[i] * Math.Max(1e-6, probability * (1 - probability));
                for (var row = 0; row < 3; row++)
                {
                    gradient[row] += error * x[row];
                    for (var column = 0; column < 3; column++)
                    {
                        hessian[row, column] += curvature * x[row] * x[column];
                    }
                }
            }

            gradient[0] += Ridge * a;
            gradient[1] += Ridge * b;
            hessian[0, 0] += Ridge;
            hessian[1, 1] += Ridge;
            var step = Solve(hessian, gradient);
            (a, b, c) = (a - step[0], b - step[1], c - step[2]);
            (a, b) = (usesFirst ? a : 0, usesSecond ? b : 0);
            if (iteration == Iterations / 2)
            {
                (usesFirst, usesSecond) = (a > 0, b > 0);
                (a, b) = (Math.Max(0, a), Math.Max(0, b));
            }
        }

        return (a, b, c);
    }

    private static double[] Solve(double[,] matrix, double[] right)
    {
        var (m, r) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (var pivot = 0; pivot < 3; pivot++)
        {
            for (var row = pivot + 1; row < 3; row++)
            {
                var factor = m[row, pivot] / m[pivot, pivot];
                for (var column = pivot; column < 3; column++)
                {
                    m[row, column] -= factor * m[pivot, column];
                }

                r[row] -= factor * r[pivot];
            }
        }

        var result = new double[3];
        for (var row = 2; row >= 0; row--)
        {
            var sum = r[row];
            for (var column = row + 1; column < 3; column++)
            {
                sum -= m[row, column] * result[column];
            }

            result[row] = sum / m[row, row];
        }

        return result;
    }
}
