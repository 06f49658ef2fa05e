using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Sentinel.Hosting.Serving;
using Sentinel.Inference;
using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Hosting.Wiring;

/// <summary>Loads the classifiers for a command.</summary>
internal static class Scorers
{
    /// <summary>
    /// The newest first-tier model of the models folder, where the configuration wants it to run, with the second tier
    /// that the configuration wants beside it.
    /// </summary>
    /// <exception cref="CommandException">There is none that fits; says why.</exception>
    public static TieredScorer Load() => Load(ServingProgram.ReadConfiguration());

    /// <inheritdoc cref="Load()"/>
    public static TieredScorer Load(IConfiguration configuration) =>
        Load(configuration, InferenceOptions.ReadSecondTier(configuration) ?? false);

    /// <summary>The same for scoring alone, where the second tier's own merit says whether it is asked.</summary>
    /// <exception cref="CommandException">There is none that fits; says why.</exception>
    public static TieredScorer LoadForScores()
    {
        var configuration = ServingProgram.ReadConfiguration();
        return Load(configuration, InferenceOptions.ReadSecondTier(configuration));
    }

    private static TieredScorer Load(IConfiguration configuration, bool? wanted)
    {
        var wish = InferenceOptions.ReadProvider(configuration);
        try
        {
            var first = OnnxScorer.LoadDefault(wish);
            if (TryLoadSecond(first.ModelVersion, wish, wanted, out var second, out var fault))
            {
                return new TieredScorer(first, second);
            }

            first.Dispose();
            throw CommandException.Failed(fault.Detail);
        }
        catch (ModelRefusedException refused)
        {
            throw CommandException.Failed(refused.Message, refused);
        }
    }

    /// <summary>
    /// The second tier beside a first one: none where none is wanted, and where its own merit is to say none that does
    /// not fit or was no better. False where one is wanted and cannot be had.
    /// </summary>
    public static bool TryLoadSecond(
        string first,
        ProviderWish wish,
        bool? isWanted,
        out SecondTierScorer? second,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        (second, fault) = (null, null);
        if (isWanted == false)
        {
            return true;
        }

        var folder = ModelFolder.Newest(FindModels(), SecondTierScorer.ModelName);
        if (folder is null)
        {
            fault = isWanted == true
                ? new ModelFault(ModelFaultKind.Missing, $"There is no {SecondTierScorer.ModelName} to ask.")
                : null;
            return fault is null;
        }

        if (!SecondTierScorer.TryLoad(folder, wish, first, out second, out fault))
        {
            // A first tier that was trained since has no second one yet: not asked for, it does without.
            fault = isWanted == true ? fault : null;
            return fault is null;
        }

        if (isWanted is null && !second.IsBetter)
        {
            second.LetGo();
            second = null;
        }

        return true;
    }

    /// <summary>The models folder.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string FindModels()
    {
        var named = Environment.GetEnvironmentVariable(ModelFolder.EnvironmentVariable);
        return ModelFolder.Find(named, AppContext.BaseDirectory) is { } models && Directory.Exists(models)
            ? models
            : throw CommandException.Failed(
                $"there is no models folder: set {ModelFolder.EnvironmentVariable} to one");
    }
}
