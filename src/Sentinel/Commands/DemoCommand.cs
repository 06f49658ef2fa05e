using System.Globalization;
using Sentinel.Detection;
using Sentinel.Detection.Policy;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Inference;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary>
/// <c>sentinel demo</c>: plays mixed traffic with campaigns in it, runs it through the same pipeline as everything
/// else, holds what was found against the truth, and serves it.
/// </summary>
internal sealed class DemoCommand(Screen screen, TimeProvider clock)
{
    private const string Recipe = "demo";
    private const ulong Seed = 20261122;
    private const string TrafficName = "traffic.jsonl";
    private const string TruthName = "traffic.truth.jsonl";

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(DemoRequest request)
    {
        using var model = ServedModel.Load(ServingProgram.ReadConfiguration());
        using var folder = DataFolder.Of(request.Data);
        var store = await OpenStore.OpenAsync(folder.Path, CancellationToken.None);
        var isHandedOver = false;
        try
        {
            var decided = await PlayAsync(folder.Path, request.Scale, store, model.Scorer);
            if (request.Once)
            {
                return ExitCodes.Ok;
            }

            isHandedOver = true;
            await ServeAsync(request.Port, folder.Path, store, model, decided);
            return ExitCodes.Ok;
        }
        finally
        {
            if (!isHandedOver)
            {
                await store.DisposeAsync();
            }
        }
    }

    // Gives an account that is restricted, to try the API with.
    private async Task<string> PlayAsync(string folder, double scale, OpenStore store, ScorerInForce scorer)
    {
        using var stop = new StopSignal();
        var (traffic, truth) = (Path.Combine(folder, TrafficName), Path.Combine(folder, TruthName));
        var played = await SimulateAsync(traffic, truth, scale, stop.Token);
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"played {played:N0} exchanges into {traffic}"));

        var judge = Judges.New(DetectionPolicy.Default, scorer);
        var log = await store.OpenLaneAsync(stop.Token);
        var run = new ReplayRun(judge, log, scorer, new LaneOptions(), Environment.ProcessorCount, clock);
        var input = Inputs.Find(traffic, screen);
        var summary = await Inputs.ReadAsync(() => screen.WithProgressAsync("detect", tell => run.RunAsync(
            input,
            progress => tell(Inputs.ShareOf(progress), Inputs.Describe(progress)),
            static _ => { },
            stop.Token)));
        FindingReport.Show(screen, summary, judge.Campaigns);
        ShowTruth(DemoTruth.Read(truth), judge);
        return judge.Verdicts().OrderByDescending(static verdict => verdict.Risk).First().AccountId;
    }

    private Task<long> SimulateAsync(string traffic, string truth, double scale, CancellationToken cancel)
    {
        if (!BuiltInRecipes.TryGet(Recipe, out var recipe))
        {
            throw new InvalidOperationException($"The program lacks its recipe '{Recipe}'.");
        }

        return screen.WithProgressAsync("simulate", tell => Task.Run(
            () =>
            {
                var simulator = TrafficSimulator.Create(recipe, Seed, scale);
                using var trafficFile = File.Create(traffic);
                using var truthFile = File.Create(truth);
                simulator.WriteTo(trafficFile, truthFile, new DirectProgress(tell), cancel);
                return simulator.ExchangeCount;
            },
            cancel));
    }

    private void ShowTruth(DemoTruth truth, Judge judge)
    {
        var flagged = judge.Verdicts()
            .Where(static verdict => verdict.IsFlagged)
            .Select(static verdict => verdict.AccountId)
            .ToHashSet(StringComparer.Ordinal);
        var campaigns = truth.Compare(judge.Campaigns, flagged);
        screen.Heading("What was played, and what became of it");
        screen.Table(
            ["played", "type", "accounts", "flagged", "found", "as", "precision"],
            [.. campaigns.Select(static campaign => (string[])
            [
                campaign.Name,
                campaign.AbuseType,
                campaign.Accounts.ToString("N0", CultureInfo.InvariantCulture),
                campaign.Flagged.ToString("N0", CultureInfo.InvariantCulture),
                campaign.Outcome,
                campaign.FoundAs ?? "-",
                campaign.FoundAs is null ? "-" : campaign.Precision.ToString("P0", CultureInfo.InvariantCulture),
            ])]);
        var right = flagged.Count(truth.IsMalicious);
        var innocent = truth.AccountCount - truth.MaliciousCount;
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"flagged {right:N0} of {truth.MaliciousCount:N0} harvesting accounts and {flagged.Count - right:N0} of "
            + $"{innocent:N0} innocent ones; precision {right / (double)Math.Max(1, flagged.Count):P1}"));
    }

    private async Task ServeAsync(int port, string folder, OpenStore store, ServedModel model, string account)
    {
        var configuration = ServingProgram.ReadConfiguration();
        var urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var options = ServingProgram.ReadOptions(configuration, urls, folder, role: null);
        await ServingProgram.RunAsync(
            options, configuration, new ServingWork(new LaneSource(folder, store)), model, clock,
            listening => Invite(listening.First(), account));
    }

    private void Invite(string url, string account)
    {
        screen.Heading($"The API is at {url}; Ctrl-C stops. Try:");
        screen.Line($"  curl {url}/v1/decisions/{Uri.EscapeDataString(account)}");
        screen.Line($"  curl {url}/v1/accounts/{Uri.EscapeDataString(account)}");
        screen.Line($"  curl '{url}/v1/campaigns?limit=5'");
        screen.Line($"  curl {url}/openapi/v1.json");
    }
}
