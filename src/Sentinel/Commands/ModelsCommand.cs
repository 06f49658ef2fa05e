using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Inference;
using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel models</c>: what classifiers there are, whether they are whole, and how fast.</summary>
internal sealed class ModelsCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public Task<int> RunAsync(ModelsRequest request)
    {
        var models = Scorers.FindModels();
        var all = ModelCatalog.Read(models);
        if (request.Action == ModelsAction.List)
        {
            List(all, models);
            return Task.FromResult(ExitCodes.Ok);
        }

        var wish = InferenceOptions.ReadProvider(ServingProgram.ReadConfiguration());
        return request.Action == ModelsAction.Verify
            ? Task.FromResult(Verify(Named(all, request.Model, models), wish))
            : Task.Run(() => Bench(Named(all, request.Model ?? ModelFolder.Tier1Name, models), request.Seconds, wish));
    }

    private void List(ImmutableArray<ListedModel> all, string models)
    {
        using var loaded = Scorers.LoadForScores();
        var second = loaded.Second?.Model.Version;
        screen.Heading($"Models in {models}");
        screen.Table(
            ["model", "tier", "in_use", "bytes", "sha256", "labels"],
            [.. all.Select(model => (string[])
            [
                model.FullName,
                model.Tier == 0 ? "?" : model.Tier.ToString(CultureInfo.InvariantCulture),
                IsInUse(model, second) ? "yes" : "no",
                model.GraphBytes.ToString("N0", CultureInfo.InvariantCulture),
                model.Sha256.Length == 0 ? "?" : model.Sha256[..Math.Min(12, model.Sha256.Length)],
                string.Join(' ', model.Labels),
            ])]);
    }

    private int Verify(ImmutableArray<ListedModel> models, ProviderWish wish)
    {
        var faults = 0;
        foreach (var model in models)
        {
            var isWhole = TryVerify(model, wish, out var told);
            screen.Line($"{model.FullName}  {(isWhole ? "ok" : "DIFFERS")}: {Screen.Printable(told)}");
            faults += isWhole ? 0 : 1;
        }

        return faults == 0 ? ExitCodes.Ok : ExitCodes.Failure;
    }

    private static bool TryVerify(ListedModel model, ProviderWish wish, out string told)
    {
        if (model.Tier > 1)
        {
            return TryVerifySecond(model, wish, out told);
        }

        if (!OnnxScorer.TryLoad(model.Folder, wish, out var scorer, out var fault))
        {
            told = fault.Detail;
            return false;
        }

        using (scorer)
        {
            if (scorer.ModelVersion != model.FullName)
            {
                told = $"its manifest calls it {scorer.ModelVersion}";
                return false;
            }

            var isWhole = ModelCheck.TryGolden(model.Folder, scorer, out var check, out fault);
            told = isWhole
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"hash, manifest and graph, {check!.GoldenCount} golden cases (largest difference "
                    + $"{check.DifferenceMax:0.00000})")
                : fault!.Detail;
            return isWhole;
        }
    }

    private static bool TryVerifySecond(ListedModel model, ProviderWish wish, out string told)
    {
        if (!SecondTierScorer.TryLoad(model.Folder, wish, first: null, out var scorer, out var fault))
        {
            told = fault.Detail;
            return false;
        }

        var isWhole = SecondTierCheck.TryGolden(model.Folder, scorer, out var check, out fault);
        scorer.LetGo();
        told = isWhole
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"hashes, manifest, vocabulary and graph, {check!.GoldenCount} golden cases (largest difference of a logit "
                + $"{check.DifferenceMax:0.00000})")
            : fault!.Detail;
        return isWhole;
    }

    private int BenchSecond(ListedModel model, int seconds, ProviderWish wish)
    {
        if (!SecondTierScorer.TryLoad(model.Folder, wish, first: null, out var scorer, out var fault))
        {
            throw CommandException.Failed(fault.Detail);
        }

        using var stop = new StopSignal();
        try
        {
            screen.Heading($"{model.FullName} on {scorer.Provider.Name}, one core, prompts of 1 KiB");
            var speed = new SecondTierMeasurement(scorer).Run(TimeSpan.FromSeconds(seconds), stop.Token);
            screen.Table(
                ["from text, prompts_a_second", "engine alone on what was cut before", "share", "bytes_allocated_a_prompt"],
                [
                    [
                        speed.PromptsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
                        speed.EnginePromptsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
                        speed.Share.ToString("0.000", CultureInfo.InvariantCulture),
                        speed.BytesPerPrompt.ToString("0.00", CultureInfo.InvariantCulture),
                    ],
                ]);
            return ExitCodes.Ok;
        }
        finally
        {
            scorer.LetGo();
        }
    }

    private int Bench(ImmutableArray<ListedModel> models, int seconds, ProviderWish wish)
    {
        var model = models[^1];
        if (model.Tier > 1)
        {
            return BenchSecond(model, seconds, wish);
        }

        if (!OnnxScorer.TryLoad(model.Folder, wish, out var scorer, out var fault))
        {
            throw CommandException.Failed(fault.Detail);
        }

        using var stop = new StopSignal();
        using (scorer)
        {
            if (!ModelCheck.TryGolden(model.Folder, scorer, out _, out fault))
            {
                throw CommandException.Failed(fault.Detail);
            }

            screen.Heading($"{model.FullName} on {scorer.Provider.Name}, one core, prompts of 1 KiB");
            var steps = new PromptMeasurement(model.Folder, scorer, clock)
                .Run(TimeSpan.FromSeconds(seconds), stop.Token);
            screen.Table(
                ["step", "prompts_a_second", "mean", "bytes_allocated_a_prompt"],
                [.. steps.Select(static step => (string[])
                [
                    step.Step,
                    step.PromptsPerSecondMax.ToString("N0", CultureInfo.InvariantCulture),
                    step.PromptsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
                    step.BytesPerPrompt.ToString("0.00", CultureInfo.InvariantCulture),
                ])]);
            return ExitCodes.Ok;
        }
    }

    private static bool IsInUse(ListedModel model, string? second) => model.IsNewest
        && (model.Name == ModelFolder.Tier1Name || model.FullName == second);

    private static ImmutableArray<ListedModel> Named(ImmutableArray<ListedModel> all, string? name, string models)
    {
        var named = name is null ? all : [.. all.Where(model => model.FullName == name || model.Name == name)];
        return named.IsEmpty
            ? throw CommandException.Usage($"there is no model {name ?? "at all"} in {models}")
            : named;
    }
}
