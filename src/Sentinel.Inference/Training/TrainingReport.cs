using System.Collections.Immutable;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Training;

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
        var rated = scores.Select(score => RatedPrompt.Of(score, calibration)).ToList();
        var told = rated.Where(static item => !(item.Prompt.IsDualUse && item.Family.IsHarvest)).ToList();
        var threshold = ThresholdAt(rated, 0.01);
        return new TrainingReport
        {
            Found = RatedPrompt.Separate(told.Where(static item => !item.Family.IsAuthored)),
            FoundAll = RatedPrompt.Separate(rated.Where(static item => !item.Family.IsAuthored)),
            FoundHard = RatedPrompt.Separate(told.Where(static item => !item.Family.IsAuthored
                && (item.Family.IsHarvest || item.Family.Class != "benign_chat"))),
            Authored = RatedPrompt.Separate(told.Where(static item => item.Family.IsAuthored)),
            Kinds = [.. Enumerable.Range(0, ContentKinds.Count).Select(kind => MeasureKind(told, kind))],
            Languages =
            [
                .. told.GroupBy(static item => item.Prompt.Language)
                    .Where(static group => group.Any(static item => item.Family.IsHarvest)
                        && group.Any(static item => !item.Family.IsHarvest) && group.Count() >= 100)
                    .OrderBy(static group => group.Key, StringComparer.Ordinal)
                    .Select(static group => (group.Key, RatedPrompt.Separate(group))),
            ],
            Families = [.. MeasureFamilies(rated, threshold)],
            Reference = BenignTable.Of(rated.Select(static item => (item.Family, item.Probability))),
        };
    }

    private static (string Kind, Separation VersusInnocent, double AucVersusRest) MeasureKind(
        List<RatedPrompt> items, int kind)
    {
        bool Has(RatedPrompt item) => (item.Family.KindMask >> kind & 1) != 0;
        double Value(RatedPrompt item) => item.Logits[1 + kind];
        var against = items.Where(item => Has(item) || !item.Family.IsHarvest).ToList();
        return (ContentKinds.Names[kind], RatedPrompt.Separate(against, Value, Has), RatedPrompt.Separate(items, Value, Has).Auc);
    }

    private static double ThresholdAt(List<RatedPrompt> items, double share)
    {
        var innocent = items.Where(static item => !item.Family.IsHarvest).ToList();
        var sizes = innocent.CountBy(static item => item.Family).ToDictionary();
        var (sum, limit) = (0.0, share * sizes.Count);
        foreach (var item in innocent.OrderByDescending(static item => item.Logits[0]))
        {
            sum += 1.0 / sizes[item.Family];
            if (sum > limit)
            {
                return item.Logits[0];
            }
        }

        return double.MinValue;
    }

    private static IEnumerable<FamilyResult> MeasureFamilies(List<RatedPrompt> items, double threshold) => items
        .GroupBy(static item => item.Family.IsAuthored
            ? (Name: "authored", item.Family.Class)
            : (item.Family.Name, item.Family.Class))
        .Select(group => new FamilyResult(
            group.Key.Name,
            group.Key.Class,
            group.First().Family.IsHarvest,
            group.Count(),
            group.Select(static item => item.Probability).Order().ElementAt(group.Count() / 2),
            group.Count(item => item.Logits[0] > threshold) / (double)group.Count(),
            group.Count(static item => item.Prompt.IsDualUse) / (double)group.Count()))
        .OrderBy(static result => (result.Name == "authored", result.IsHarvest))
        .ThenBy(static result => result.Median);
}
