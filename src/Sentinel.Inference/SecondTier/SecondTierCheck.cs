using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.SecondTier;

/// <summary>Holds a second tier against its golden cases, from text to logits as the trainer computed them.</summary>
public static class SecondTierCheck
{
    /// <summary>Most that a logit may differ: other machines add up in another order.</summary>
    public const float ToleranceMax = 2e-3f;

    /// <summary>Most that it may differ on a device, which may multiply with fewer digits.</summary>
    public const float DeviceToleranceMax = 0.1f;

    /// <summary>Reads the golden cases of a folder. False when one differs, or when there are none.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="scorer">The scorer that was loaded from it.</param>
    /// <param name="check">What was found in order.</param>
    /// <param name="fault">What was not.</param>
    public static bool TryGolden(
        string folder,
        SecondTierScorer scorer,
        [NotNullWhen(true)] out ModelCheck? check,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        check = null;
        if (!ModelCheck.TryRead(Path.Combine(folder, GoldenPrompts.FileName), out var prompts, out fault))
        {
            return false;
        }

        var (reader, exchange) = (new PromptReader(), new Exchange());
        var rows = new ushort[prompts.Count * PieceLayout.Width];
        for (var i = 0; i < prompts.Count; i++)
        {
            GoldenPrompts.Fill(exchange, prompts[i]);
            _ = reader.ReadPieces(exchange, scorer.Vocabulary, rows.AsSpan(i * PieceLayout.Width));
        }

        var readings = new SecondReading[prompts.Count];
        scorer.Read(rows, readings);
        var (largest, tolerance) = (0f, scorer.Provider.IsCuda ? DeviceToleranceMax : ToleranceMax);
        for (var i = 0; i < prompts.Count; i++)
        {
            var difference = 0f;
            for (var output = 0; output < SecondReading.Length; output++)
            {
                difference = MathF.Max(difference, MathF.Abs(readings[i][output] - prompts[i].Scores![output]));
            }

            if (!(difference <= tolerance))
            {
                fault = new ModelFault(
                    ModelFaultKind.GoldenDiffers,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{scorer.Model.Version} reads golden case '{prompts[i].Id}' {difference:0.0000} off its file "
                        + $"(at most {tolerance:0.0000}): it was trained with another cut or graph."));
                return false;
            }

            largest = MathF.Max(largest, difference);
        }

        check = new ModelCheck(prompts.Count, largest);
        return true;
    }
}
