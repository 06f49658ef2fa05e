using System.Collections.Immutable;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>How well a classifier tells one side from the other.</summary>
/// <param name="What">Which prompts.</param>
/// <param name="Area">Area under the curve.</param>
/// <param name="RecallAt1Percent">Recall where 1 % of the innocent prompts score higher.</param>
/// <param name="RecallAt01Percent">Recall where 0.1 % do.</param>
public sealed record MeasureRow(string What, double Area, double RecallAt1Percent, double RecallAt01Percent);

/// <summary>What was measured of one classifier on families left out. Every family of a side weighs the same.</summary>
/// <param name="Classifier">Which one.</param>
/// <param name="Rows">By origin, kind and language.</param>
/// <param name="MacroF1">
/// Mean over the kinds of the F1 of telling a kind's prompts from all others, where the score is above one half.
/// </param>
/// <param name="CalibrationError">
/// Expected calibration error of the harvest score in ten bins, sides and origins weighing the same.
/// </param>
public sealed record ModelMeasures(
    string Classifier, ImmutableArray<MeasureRow> Rows, double MacroF1, double CalibrationError)
{
    private const int Bins = 10;

    // Fewer prompts of a side tell nothing of a language.
    private const int LanguagePromptsMin = 40;

    /// <summary>A row by its name; null where it was not measured.</summary>
    public MeasureRow? Row(string what) => Rows.FirstOrDefault(row => row.What == what);

    /// <summary>Measures rated prompts.</summary>
    internal static ModelMeasures Of(string classifier, List<RatedPrompt> rated)
    {
        var told = rated.Where(static item => item.IsTold).ToList();
        var rows = ImmutableArray.CreateBuilder<MeasureRow>();
        Add(rows, "found", told.Where(static item => !item.Family.IsAuthored), output: 0);
        Add(
            rows,
            "found against no plain chat",
            told.Where(static item => !item.Family.IsAuthored
                && (item.Family.IsHarvest || item.Family.Class != "benign_chat")),
            output: 0);
        Add(rows, "authored", told.Where(static item => item.Family.IsAuthored), output: 0);
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            Add(rows, ContentKinds.Names[kind], Of(told, kind), 1 + kind);
        }

        foreach (var language in told.GroupBy(static item => item.Prompt.Language)
            .Where(static group => IsEnough(group))
            .OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            Add(rows, $"language {language.Key}", language, output: 0);
            const int Reasoning = (int)ContentKind.ReasoningExtraction;
            Add(rows, $"language {language.Key}, {ContentKinds.Names[Reasoning]}", Of([.. language], Reasoning), 1);
        }

        return new ModelMeasures(classifier, rows.ToImmutable(), MeasureF1(told), MeasureCalibration(rated));
    }

    private static bool IsEnough(IEnumerable<RatedPrompt> items)
    {
        var harvest = items.Count(static item => item.Family.IsHarvest);
        return harvest >= LanguagePromptsMin && items.Count() - harvest >= LanguagePromptsMin;
    }

    private static bool Has(RatedPrompt item, int kind) => (item.Family.KindMask >> kind & 1) != 0;

    private static IEnumerable<RatedPrompt> Of(IEnumerable<RatedPrompt> items, int kind) =>
        items.Where(item => Has(item, kind) || !item.Family.IsHarvest);

    private static void Add(
        ImmutableArray<MeasureRow>.Builder rows, string what, IEnumerable<RatedPrompt> items, int output)
    {
        var (area, at1, at01) = RatedPrompt.Separate(
            items.ToList(), item => item.Logits[output], static item => item.Family.IsHarvest);
        if (area > 0)
        {
            rows.Add(new MeasureRow(what, area, at1, at01));
        }
    }

    private static List<double> WeightsOf(List<RatedPrompt> items) =>
        Balance.Of([.. items.Select(static item => new HeldOutScore(item.Family, item.Prompt, []))]);

    private static double MeasureF1(List<RatedPrompt> items)
    {
        var (weights, sum, kinds) = (WeightsOf(items), 0.0, 0);
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            var (hit, wrong, missed) = (0.0, 0.0, 0.0);
            for (var i = 0; i < items.Count; i++)
            {
                var (has, says) = (Has(items[i], kind), items[i].Logits[1 + kind] > 0);
                hit += has && says ? weights[i] : 0;
                wrong += !has && says ? weights[i] : 0;
                missed += has && !says ? weights[i] : 0;
            }

            if (hit + missed > 0)
            {
                sum += 2 * hit / ((2 * hit) + wrong + missed);
                kinds++;
            }
        }

        return kinds == 0 ? 0 : sum / kinds;
    }

    private static double MeasureCalibration(List<RatedPrompt> items)
    {
        var weights = WeightsOf(items);
        var (says, harvest, total) = (new double[Bins], new double[Bins], 0.0);
        for (var i = 0; i < items.Count; i++)
        {
            var bin = Math.Min(Bins - 1, (int)(items[i].Probability * Bins));
            says[bin] += weights[i] * items[i].Probability;
            harvest[bin] += items[i].Family.IsHarvest ? weights[i] : 0;
            total += weights[i];
        }

        return says.Zip(harvest, static (said, was) => Math.Abs(said - was)).Sum() / total;
    }
}
