using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Models;

/// <summary>What a check of a model found in order.</summary>
/// <param name="GoldenCount">Golden cases that it scores as its file says.</param>
/// <param name="DifferenceMax">Largest difference of one of their scores.</param>
public sealed record ModelCheck(int GoldenCount, float DifferenceMax)
{
    /// <summary>
    /// Most that a golden score may differ: the file has what was trained, in full precision, and the graph's table has
    /// half of it.
    /// </summary>
    public const float ToleranceMax = 2e-3f;

    /// <summary>Most golden cases read; a model has some thirty.</summary>
    public const int GoldenMax = 10_000;

    /// <summary>
    /// Scores the golden cases of a model folder as exchanges are scored, text to score. False when one differs, or
    /// when there are none.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="scorer">The scorer that was loaded from it.</param>
    /// <param name="check">What was found in order.</param>
    /// <param name="fault">What was not.</param>
    public static bool TryGolden(
        string folder,
        OnnxScorer scorer,
        [NotNullWhen(true)] out ModelCheck? check,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        check = null;
        if (!TryRead(Path.Combine(folder, GoldenPrompts.FileName), out var prompts, out fault))
        {
            return false;
        }

        var (largest, scores) = (0f, Score(prompts, scorer));
        for (var i = 0; i < prompts.Count; i++)
        {
            var difference = Difference(prompts[i].Scores!, scores[i]);
            if (!(difference <= ToleranceMax))
            {
                fault = new ModelFault(
                    ModelFaultKind.GoldenDiffers,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{scorer.ModelVersion} scores golden case '{prompts[i].Id}' {difference:0.0000} off its file"
                        + $" (at most {ToleranceMax:0.0000}): it was trained with another reading or graph."));
                return false;
            }

            largest = Math.Max(largest, difference);
        }

        check = new ModelCheck(prompts.Count, largest);
        return true;
    }

    /// <summary>Reads golden cases that have all scores.</summary>
    internal static bool TryRead(
        string file, out List<GoldenPrompt> prompts, [NotNullWhen(false)] out ModelFault? fault)
    {
        (prompts, fault) = ([], null);
        try
        {
            prompts = File.Exists(file) ? GoldenPrompts.Read(file) : prompts;
        }
        catch (JsonException bad)
        {
            fault = new ModelFault(ModelFaultKind.GoldenDiffers, $"{file} holds no golden cases: {bad.Message}");
            return false;
        }

        var isUsable = prompts.Count is > 0 and <= GoldenMax && prompts.TrueForAll(
            static prompt => prompt is { User: not null, Scores.Length: NetworkOptions.OutputCount });
        fault = isUsable
            ? null
            : new ModelFault(ModelFaultKind.GoldenDiffers, $"{file} holds no golden cases with all scores.");
        return isUsable;
    }

    private static ContentScores[] Score(List<GoldenPrompt> prompts, OnnxScorer scorer)
    {
        var (reader, reading, exchange) = (new PromptReader(), new Reading(), new Exchange());
        var batch = new FeatureBatch(prompts.Count) { RowCount = prompts.Count };
        for (var i = 0; i < prompts.Count; i++)
        {
            GoldenPrompts.Fill(exchange, prompts[i]);
            reader.Read(exchange, reading, batch.Row(i));
        }

        var scores = new ContentScores[prompts.Count];
        scorer.Score(batch, scores);
        return scores;
    }

    private static float Difference(float[] expected, ContentScores scores)
    {
        var largest = MathF.Abs(scores.Harvest - expected[0]);
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            largest = MathF.Max(largest, MathF.Abs(scores[(ContentKind)kind] - expected[1 + kind]));
        }

        return largest;
    }
}
