using System.Collections.Immutable;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// Adds up what the two tiers say, by weights learned on families that neither had seen. Immutable; pure.
/// </summary>
internal sealed class TierStack
{
    /// <summary>Numbers that an output rests on: each tier's harvest and each tier's own.</summary>
    public const int InputCount = 4;

    private readonly float[][] _weights;
    private readonly float[] _offsets;

    /// <summary>A stack of weights by output.</summary>
    public TierStack(float[][] weights, float[] offsets) => (_weights, _offsets) = (weights, offsets);

    /// <summary>As it is kept.</summary>
    public StackManifest Manifest =>
        new([.. _weights.Select(static row => row.ToImmutableArray())], [.. _offsets]);

    /// <summary>Reads what was kept; false where it fits no scores.</summary>
    public static bool TryRead(StackManifest manifest, out TierStack stack)
    {
        stack = new TierStack([], []);
        if (manifest.Weights.IsDefault || manifest.Offsets.IsDefault
            || manifest.Weights.Length != SecondReading.Length || manifest.Offsets.Length != SecondReading.Length
            || manifest.Weights.Any(static row => row.IsDefault || row.Length != InputCount))
        {
            return false;
        }

        stack = new TierStack([.. manifest.Weights.Select(static row => row.ToArray())], [.. manifest.Offsets]);
        return true;
    }

    /// <summary>What an output rests on.</summary>
    public static void Inputs(int output, in ContentScores first, in SecondReading second, Span<float> inputs)
    {
        inputs[0] = output == 0 ? 0 : LogitOf(first.HarvestSteps);
        inputs[1] = LogitOf(output == 0 ? first.HarvestSteps : StepsOf(first, output - 1));
        inputs[2] = output == 0 ? 0 : second[0];
        inputs[3] = second[output];
    }

    /// <summary>Logit of an output after both tiers.</summary>
    public float Logit(int output, in ContentScores first, in SecondReading second)
    {
        Span<float> inputs = stackalloc float[InputCount];
        Inputs(output, first, second, inputs);
        var sum = _offsets[output];
        for (var i = 0; i < InputCount; i++)
        {
            sum += _weights[output][i] * inputs[i];
        }

        return sum;
    }

    /// <summary>Puts the scores of both tiers in the place of the first one's; the embedding stays.</summary>
    public void Change(ref ContentScores scores, in SecondReading reading)
    {
        var first = scores;
        scores.HarvestSteps = ContentScores.ToSteps(Logistic(Logit(0, first, reading)));
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            scores.KindSteps[kind] = ContentScores.ToSteps(Logistic(Logit(1 + kind, first, reading)));
        }
    }

    private static float Logistic(float logit) => 1 / (1 + MathF.Exp(-logit));

    private static ushort StepsOf(ContentScores scores, int kind) => scores.KindSteps[kind];

    // Half a step from either end: a score that was rounded to 0 or 1 is not sure without bound.
    private static float LogitOf(ushort steps)
    {
        var probability = Math.Clamp(steps / 65535f, 0.5f / 65535f, 1 - (0.5f / 65535f));
        return MathF.Log(probability / (1 - probability));
    }
}
