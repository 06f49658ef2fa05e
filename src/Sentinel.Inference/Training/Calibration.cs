namespace Sentinel.Inference.Training;

/// <summary>
/// Makes raw outputs probabilities: each output is the logistic of a weighted sum of a few of them. Harvest rests on
/// both networks' own output and on the soft maximum of the deep one's kinds; a kind on both networks' output for it
/// and on the wide one's harvest. Fitted by weighted logistic regression on prompts of families left out.
/// </summary>
internal sealed record Calibration
{
    /// <summary>Inputs: the raw outputs, then the soft maximum.</summary>
    public const int InputCount = NetworkEnsemble.RawCount + 1;

    private const int WideHarvest = 0;
    private const int DeepHarvest = NetworkOptions.OutputCount;
    private const int SoftMaximumInput = NetworkEnsemble.RawCount;

    /// <summary>Weights by output, each a row over the inputs; none is negative.</summary>
    public required float[][] Weights { get; init; }

    /// <summary>Offsets by output.</summary>
    public required float[] Offsets { get; init; }

    /// <summary>Fits on held-out scores with weights that balance them.</summary>
    public static Calibration Fit(IReadOnlyList<HeldOutScore> scores, IReadOnlyList<double> weights)
    {
        var inputs = scores.Select(static score => Inputs(score.Raw)).ToList();
        var rows = new float[NetworkOptions.OutputCount][];
        var offsets = new float[NetworkOptions.OutputCount];
        for (var output = 0; output < rows.Length; output++)
        {
            int[] columns = output == 0
                ? [WideHarvest, DeepHarvest, SoftMaximumInput]
                : [WideHarvest, output, DeepHarvest + output];
            var kind = output - 1;
            var isHit = scores
                .Select(score => output == 0 ? score.Family.IsHarvest : (score.Family.KindMask >> kind & 1) != 0)
                .ToList();
            var fit = LogisticRegression.Fit(inputs, columns, isHit, weights);
            rows[output] = new float[InputCount];
            for (var i = 0; i < columns.Length; i++)
            {
                rows[output][columns[i]] = (float)fit[i];
            }

            offsets[output] = (float)fit[^1];
        }

        return new Calibration { Weights = rows, Offsets = offsets };
    }

    /// <summary>Calibrated logit of one output.</summary>
    public float Logit(int output, ReadOnlySpan<float> raw)
    {
        var sum = Offsets[output] + (Weights[output][SoftMaximumInput] * SoftMaximum(raw));
        for (var i = 0; i < raw.Length; i++)
        {
            sum += Weights[output][i] * raw[i];
        }

        return sum;
    }

    /// <summary>Probability of one output.</summary>
    public float Probability(int output, ReadOnlySpan<float> raw) => 1 / (1 + MathF.Exp(-Logit(output, raw)));

    private static float[] Inputs(float[] raw) => [.. raw, SoftMaximum(raw)];

    // Logarithm of the sum of the exponentials of the deep networks' kinds. Logits are far from overflow.
    private static float SoftMaximum(ReadOnlySpan<float> raw)
    {
        var sum = 0f;
        foreach (var logit in raw[(DeepHarvest + 1)..])
        {
            sum += MathF.Exp(logit);
        }

        return MathF.Log(sum);
    }
}
