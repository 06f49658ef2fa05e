using System.Collections.Immutable;

namespace Sentinel.Inference.Training;

/// <summary>How one way of telling two sides apart went without and with the rulings.</summary>
/// <param name="Name">What is told apart.</param>
/// <param name="Old">Without the rulings.</param>
/// <param name="New">With them.</param>
/// <param name="IsJudged">Whether it decides if the new model is worse.</param>
public sealed record ComparisonRow(string Name, SeparationFigures Old, SeparationFigures New, bool IsJudged);

/// <summary>Figures of one separation.</summary>
/// <param name="Auc">Area under the curve.</param>
/// <param name="RecallAt1Percent">Recall where 1 % of the innocent side scores higher.</param>
/// <param name="RecallAt01Percent">Recall where 0.1 % does.</param>
public readonly record struct SeparationFigures(double Auc, double RecallAt1Percent, double RecallAt01Percent);

/// <summary>
/// The training without rulings against the one with them, on the same prompts of the same families left out. Neither
/// saw the family that it is measured on; the prompts that were ruled on are measured apart.
/// </summary>
/// <param name="Rows">What was measured.</param>
/// <param name="RulingCount">Exchanges that were ruled on.</param>
/// <param name="RulingGroupCount">Groups that they form.</param>
public sealed record ModelComparison(ImmutableArray<ComparisonRow> Rows, int RulingCount, int RulingGroupCount)
{
    /// <summary>Loss of area that is no noise: other seeds move it by about a hundredth.</summary>
    public const double AreaLossMax = 0.02;

    /// <summary>Loss of recall at 1 % that is no noise: it rests on few innocent prompts.</summary>
    public const double RecallLossMax = 0.08;

    /// <summary>Whether the new model is clearly worse at anything that it did before.</summary>
    public bool IsClearlyWorse => Rows.Any(static row => row.IsJudged
        && (row.Old.Auc - row.New.Auc > AreaLossMax
            || row.Old.RecallAt1Percent - row.New.RecallAt1Percent > RecallLossMax));

    internal static ModelComparison Of(
        TrainingReport old, TrainingReport @new, Separation oldRuled, Separation newRuled, IReadOnlyList<PromptFamily> ruled)
    {
        var rows = ImmutableArray.CreateBuilder<ComparisonRow>();
        rows.Add(Row("found", old.Found, @new.Found, isJudged: true));
        rows.Add(Row("authored", old.Authored, @new.Authored, isJudged: true));
        foreach (var (before, after) in old.Kinds.Zip(@new.Kinds))
        {
            rows.Add(Row(before.Kind, before.VersusInnocent, after.VersusInnocent, isJudged: true));
        }

        rows.Add(Row("ruled", oldRuled, newRuled, isJudged: false));
        return new ModelComparison(
            rows.ToImmutable(),
            ruled.Sum(static family => family.Templates.Sum(static template => template.Prompts.Count)),
            ruled.Select(static family => family.Group).Distinct(StringComparer.Ordinal).Count());
    }

    private static ComparisonRow Row(string name, Separation old, Separation @new, bool isJudged) =>
        new(name, FiguresOf(old), FiguresOf(@new), isJudged);

    private static SeparationFigures FiguresOf(Separation separation) =>
        new(separation.Auc, separation.RecallAt1Percent, separation.RecallAt01Percent);
}
