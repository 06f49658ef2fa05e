using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Hosting.Commands;

/// <summary>
/// <c>sentinel simulate</c>: plays a recipe into <c>traffic.jsonl.gz</c> and <c>truth.jsonl</c>. Both appear whole or
/// not at all, the truth last: who finds it finds its traffic.
/// </summary>
internal sealed class SimulateCommand(Screen screen, TimeProvider clock)
{
    /// <summary>File of the exchanges.</summary>
    public const string TrafficName = "traffic.jsonl.gz";

    /// <summary>File of the truth about the accounts.</summary>
    public const string TruthName = "truth.jsonl";

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(SimulateRequest request)
    {
        if (request.List)
        {
            List();
            return ExitCodes.Ok;
        }

        var recipe = Load(request.Recipe!);
        using var stop = new StopSignal();
        using var traffic = OutputFile.Open(Path.Combine(request.Out!, TrafficName));
        using var truth = OutputFile.Open(Path.Combine(request.Out!, TruthName));
        var simulator = TrafficSimulator.Create(recipe, request.Seed, request.Scale);
        var began = clock.GetTimestamp();
        await screen.WithProgressAsync("simulate", tell => Task.Run(
            () => PlayAsync(simulator, traffic.Stream, truth.Stream, new DirectProgress(tell), stop.Token), stop.Token));
        traffic.Complete();
        truth.Complete();
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{recipe.Name}: {simulator.ExchangeCount:N0} exchanges of up to {simulator.AccountCount:N0} accounts in "
            + $"{seconds:N1} s, {simulator.ExchangeCount / Math.Max(seconds, 0.001):N0} a second"));
        ShowCosts(recipe);
        return ExitCodes.Ok;
    }

    private static async Task<long> PlayAsync(
        TrafficSimulator simulator, Stream traffic, Stream truth, DirectProgress progress, CancellationToken cancel)
    {
        // One core plays, and compressing what it played takes about as long.
        await using var gzip = new GzipBlocks(traffic, Environment.ProcessorCount);
        while (simulator.TryWriteBlock(gzip.Block))
        {
            await gzip.EndBlockAsync(cancel);
            progress.Report(simulator.Progress);
        }

        await gzip.CompleteAsync(cancel);
        simulator.WriteTruth(truth);
        return simulator.ExchangeCount;
    }

    private static TrafficRecipe Load(string nameOrFile)
    {
        // A name of the program's is no path: whoever has a file of that name writes ./name.
        if (BuiltInRecipes.TryGet(nameOrFile, out var recipe))
        {
            return recipe;
        }

        if (!TryReadFile(nameOrFile, out var bytes, out var problem))
        {
            throw CommandException.Usage(
                $"cannot read recipe {nameOrFile}: {problem} (the program has {string.Join(", ", BuiltInRecipes.Names)})");
        }

        // Recipes that it borrows from lie beside it, or are the program's.
        var folder = Path.GetDirectoryName(Path.GetFullPath(nameOrFile))!;
        byte[]? Find(string name) =>
            TryReadFile(Path.Combine(folder, Path.GetFileName(name) + ".json"), out var lent, out _)
                ? lent
                : BuiltInRecipes.Find(name);
        return RecipeReader.TryRead(bytes, Find, out recipe, out var faults)
            ? recipe
            : throw CommandException.Usage($"recipe {nameOrFile}: {string.Join("; ", faults)}");
    }

    private static bool TryReadFile(
        string path, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        (bytes, problem) = (null, null);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                problem = "there is no such file";
            }
            else if (file.Length > RecipeReader.BytesMax)
            {
                problem = $"it has more than {RecipeReader.BytesMax} bytes";
            }
            else
            {
                bytes = File.ReadAllBytes(path);
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = cause.Message;
        }

        return bytes is not null;
    }

    private void ShowCosts(TrafficRecipe recipe)
    {
        var costs = AttackCost.Of(recipe);
        if (costs.Count == 0)
        {
            return;
        }

        screen.Heading("What the campaigns pay for hiding (expected, at scale 1)");
        screen.Table(
            ["campaign", "accounts", "harvest a day", "throughput", "accounts unhidden", "payments", "rented addresses",
                "wordings", "delay"],
            [.. costs.Select(static cost => (string[])
            [
                cost.Campaign,
                Whole(cost.Accounts),
                Whole(cost.HarvestADay),
                cost.Throughput.ToString("P0", CultureInfo.InvariantCulture),
                Whole(cost.AccountsWithoutHiding),
                Whole(cost.Payments),
                Whole(cost.AddressesADay),
                cost.Wordings == 0 ? "own" : Whole(cost.Wordings),
                cost.DelayMinutes.ToString("0.# min", CultureInfo.InvariantCulture),
            ])]);
    }

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void List()
    {
        screen.Table(
            ["recipe", "days", "accounts", "campaigns", "about"],
            [.. BuiltInRecipes.Names.Select(static name =>
            {
                _ = BuiltInRecipes.TryGet(name, out var recipe);
                return (string[])
                [
                    name,
                    recipe!.Days.ToString("0.#", CultureInfo.InvariantCulture),
                    recipe.Groups.Sum(static group => (long)group.Accounts).ToString("N0", CultureInfo.InvariantCulture),
                    recipe.CampaignCount.ToString(CultureInfo.InvariantCulture),
                    recipe.About,
                ];
            })]);
    }
}
