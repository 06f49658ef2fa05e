using System.Collections.Immutable;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Training;

/// <summary>How well a score tells two sides apart.</summary>
/// <param name="Auc">Area under the curve.</param>
/// <param name="RecallAt1Percent">Recall where 1 % of the innocent side scores higher.</param>
/// <param name="RecallAt01Percent">Recall where 0.1 % does.</param>
internal readonly record struct Separation(double Auc, double RecallAt1Percent, double RecallAt01Percent);

/// <summary>One family left out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">Its class.</param>
/// <param name="IsHarvest">Its side.</param>
/// <param name="Prompts">Prompts.</param>
/// <param name="Median">Median harvest probability.</param>
/// <param name="Above">Share above the threshold at which 1 % of all innocent prompts are.</param>
/// <param name="DualUse">Share of prompts that the text alone does not tell.</param>
internal sealed record FamilyResult(
    string Name, string Class, bool IsHarvest, int Prompts, double Median, double Above, double DualUse);

/// <summary>What was measured on families left out. Every family of a side and origin weighs the same.</summary>
internal sealed record TrainingReport
{
    /// <summary>Found families, without harvest prompts that the text alone does not tell.</summary>
    public required Separation Found { get; init; }

    /// <summary>Found families, all prompts.</summary>
    public required Separation FoundAll { get; init; }

    /// <summary>Found harvest against found innocent families that are no plain chat.</summary>
    public required Separation FoundHard { get; init; }

    /// <summary>Authored families.</summary>
    public required Separation Authored { get; init; }

    /// <summary>By kind: the kind's own score against innocent families, all origins.</summary>
    public required ImmutableArray<(string Kind, Separation VersusInnocent, double AucVersusRest)> Kinds { get; init; }

    /// <summary>By language with both sides: harvest.</summary>
    public required ImmutableArray<(string Language, Separation Harvest)> Languages { get; init; }

    /// <summary>Every found family, and the authored ones by class.</summary>
    public required ImmutableArray<FamilyResult> Families { get; init; }

    /// <summary>How innocent scores spread.</summary>
    public required ReferenceManifest Reference { get; init; }

    /// <summary>Measures held-out scores.</summary>
    public static TrainingReport Of(TrainingSet set, IReadOnlyList<HeldOutScore> scores, Calibration calibration)
    {
        var rated = scores.Select(score => Rate(score, calibration)).ToList();
        var told = rated.Where(static item => !(item.Score.Prompt.IsDualUse && item.Score.Family.IsHarvest)).ToList();
        var threshold = ThresholdAt(rated, 0.01);
        return new TrainingReport
        {
            Found = Separate(told.Where(static item => !item.Score.Family.IsAuthored)),
            FoundAll = Separate(rated.Where(static item => !item.Score.Family.IsAuthored)),
            FoundHard = Separate(told.Where(static item => !item.Score.Family.IsAuthored
                && (item.Score.Family.IsHarvest || item.Score.Family.Class != "benign_chat"))),
            Authored = Separate(told.Where(static item => item.Score.Family.IsAuthored)),
            Kinds = [.. Enumerable.Range(0, ContentKinds.Count).Select(kind => MeasureKind(told, kind))],
            Languages =
            [
                .. told.GroupBy(static item => item.Score.Prompt.Language)
                    .Where(static group => group.Any(static item => item.Score.Family.IsHarvest)
                        && group.Any(static item => !item.Score.Family.IsHarvest) && group.Count() >= 100)
                    .OrderBy(static group => group.Key, StringComparer.Ordinal)
                    .Select(static group => (group.Key, Separate(group))),
            ],
            Families = [.. MeasureFamilies(rated, threshold)],
            Reference = BenignTable.Of(rated.Select(static item => (item.Score.Family, item.Probability))),
        };
    }

    private static Rated Rate(HeldOutScore score, Calibration calibration)
    {
        var logits = new float[NetworkOptions.OutputCount];
        for (var output = 0; output < logits.Length; output++)
        {
            logits[output] = calibration.Logit(output, score.Raw);
        }

        return new Rated(score, logits, calibration.Probability(0, score.Raw));
    }

    private static Separation Separate(IEnumerable<Rated> items) => Separate(
        items.ToList(), static item => item.Logits[0], static item => item.Score.Family.IsHarvest);

    private static Separation Separate(List<Rated> items, Func<Rated, double> valueOf, Func<Rated, bool> isPositive)
    {
        var sizes = items.CountBy(static item => item.Score.Family).ToDictionary();
        var sorted = items
            .Select(item => (Value: valueOf(item), Weight: 1.0 / sizes[item.Score.Family], Positive: isPositive(item)))
            .OrderByDescending(static item => item.Value)
            .ToList();
        var negatives = sorted.Where(static item => !item.Positive).Sum(static item => item.Weight);
        var positives = sorted.Where(static item => item.Positive).Sum(static item => item.Weight);
        if (negatives == 0 || positives == 0)
        {
            return default;
        }

        var (negative, positive, area, at1, at01) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (_, weight, isHit) in sorted)
        {
            if (isHit)
            {
                positive += weight;
                continue;
            }

            // Recall is read just before the false positives pass the budget.
            at01 = negative + weight <= negatives * 0.001 || negative == 0 ? positive : at01;
            at1 = negative + weight <= negatives * 0.01 || negative == 0 ? positive : at1;
            negative += weight;
            area += weight * positive;
        }

        return new Separation(area / (negatives * positives), at1 / positives, at01 / positives);
    }

    private static (string Kind, Separation VersusInnocent, double AucVersusRest) MeasureKind(
        List<Rated> items, int kind)
    {
        bool Has(Rated item) => (item.Score.Family.KindMask >> kind & 1) != 0;
        double Value(Rated item) => item.Logits[1 + kind];
        var against = items.Where(item => Has(item) || !item.Score.Family.IsHarvest).ToList();
        return (ContentKinds.Names[kind], Separate(against, Value, Has), Separate(items, Value, Has).Auc);
    }

    private static double ThresholdAt(List<Rated> items, double share)
    {
        var innocent = items.Where(static item => !item.Score.Family.IsHarvest).ToList();
        var sizes = innocent.CountBy(static item => item.Score.Family).ToDictionary();
        var (sum, limit) = (0.0, share * sizes.Count);
        foreach (var item in innocent.OrderByDescending(static item => item.Logits[0]))
        {
            sum += 1.0 / sizes[item.Score.Family];
            if (sum > limit)
            {
                return item.Logits[0];
            }
        }

        return double.MinValue;
    }

    private static IEnumerable<FamilyResult> MeasureFamilies(List<Rated> items, double threshold) => items
        .GroupBy(static item => item.Score.Family.IsAuthored
            ? (Name: "authored", item.Score.Family.Class)
            : (item.Score.Family.Name, item.Score.Family.Class))
        .Select(group => new FamilyResult(
            group.Key.Name,
            group.Key.Class,
            group.First().Score.Family.IsHarvest,
            group.Count(),
            group.Select(static item => item.Probability).Order().ElementAt(group.Count() / 2),
            group.Count(item => item.Logits[0] > threshold) / (double)group.Count(),
            group.Count(static item => item.Score.Prompt.IsDualUse) / (double)group.Count()))
        .OrderBy(static result => (result.Name == "authored", result.IsHarvest))
        .ThenBy(static result => result.Median);

    private sealed record Rated(HeldOutScore Score, float[] Logits, float Probability);
}
