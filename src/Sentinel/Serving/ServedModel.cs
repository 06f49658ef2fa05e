using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Sentinel.Hosting.Wiring;
using Sentinel.Inference;
using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Hosting.Serving;

/// <summary>The classifier of a serving program, which may be exchanged for the newest version in its folder.</summary>
/// <remarks>Exchanged by one caller at a time.</remarks>
internal sealed class ServedModel : IDisposable
{
    private readonly ProviderWish _wish;
    private readonly bool _isSecondWanted;

    private ServedModel(TieredScorer first, ProviderWish wish, bool isSecondWanted)
    {
        (Current, _wish, _isSecondWanted) = (first, wish, isSecondWanted);
        Scorer = new ScorerInForce(first);
    }

    /// <summary>Scores by the version in force.</summary>
    public ScorerInForce Scorer { get; }

    /// <summary>The version in force, to be asked about and not to be disposed of.</summary>
    public TieredScorer Current { get; private set; }

    /// <summary>Loads the newest version.</summary>
    /// <exception cref="CommandException">There is none that fits; says why.</exception>
    public static ServedModel Load(IConfiguration configuration) =>
        new(
            Scorers.Load(configuration),
            InferenceOptions.ReadProvider(configuration),
            InferenceOptions.ReadSecondTier(configuration) ?? false);

    /// <summary>
    /// Loads the newest version once more, holds it against its golden cases, and puts it in force when its graph is
    /// not the one in force. On a fault everything stays as it is.
    /// </summary>
    public bool TryRenew(out bool isNew, [NotNullWhen(false)] out ModelFault? fault)
    {
        isNew = false;
        if (!TryLoadNewest(out var first, out fault))
        {
            return false;
        }

        if (!TryLoadSecond(first.ModelVersion, out var second, out fault))
        {
            first.Dispose();
            return false;
        }

        var next = new TieredScorer(first, second);
        isNew = first.Sha256 != Current.First.Sha256 || next.ModelVersion != Current.ModelVersion
            || second?.Sha256 != Current.Second?.Sha256 || second?.Model.Version != Current.Second?.Model.Version;
        if (isNew)
        {
            Current = next;
            Scorer.Put(next);
        }
        else
        {
            next.Dispose();
        }

        return true;
    }

    public void Dispose() => Scorer.Dispose();

    private bool TryLoadSecond(
        string first, out SecondTierScorer? second, [NotNullWhen(false)] out ModelFault? fault)
    {
        second = null;
        try
        {
            if (!Scorers.TryLoadSecond(first, _wish, _isSecondWanted, out second, out fault)
                || second is null || SecondTierCheck.TryGolden(second.Folder, second, out _, out fault))
            {
                return fault is null;
            }
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"The second tier cannot be read: {bad.Message}");
        }

        second?.LetGo();
        second = null;
        return false;
    }

    private bool TryLoadNewest([NotNullWhen(true)] out OnnxScorer? next, [NotNullWhen(false)] out ModelFault? fault)
    {
        next = null;
        var named = Environment.GetEnvironmentVariable(ModelFolder.EnvironmentVariable);
        var models = ModelFolder.Find(named, AppContext.BaseDirectory);
        if (models is null || ModelFolder.Newest(models, ModelFolder.Tier1Name) is not { } folder)
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"There is no {ModelFolder.Tier1Name} any more.");
            return false;
        }

        try
        {
            if (!OnnxScorer.TryLoad(folder, _wish, out next, out fault))
            {
                return false;
            }

            if (ModelCheck.TryGolden(folder, next, out _, out fault))
            {
                return true;
            }
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            // Being copied, or not to be read.
            fault = new ModelFault(ModelFaultKind.Missing, $"{folder} cannot be read: {bad.Message}");
        }

        next?.Dispose();
        next = null;
        return false;
    }
}
