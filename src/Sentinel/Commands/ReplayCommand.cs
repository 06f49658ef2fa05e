using System.Text.Json;
using Sentinel.Api.Workloads;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Workloads;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel replay</c>: an input through the whole detection, in event time.</summary>
internal sealed class ReplayCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(ReplayRequest request)
    {
        string?[] outputs = [request.Verdicts, request.Campaigns, request.DeadLetters, request.Summary];
        var shown = outputs.Any(OutputFile.IsStandardOutput) ? screen.WithFindingsOnError() : screen;
        var workloads = ReadWorkloads(request.Workloads);
        var input = Inputs.Find(request.Input, shown);
        using var stop = new StopSignal();
        using var verdicts = LineFile.Open(request.Verdicts);
        using var campaigns = LineFile.Open(request.Campaigns);
        using var letters = LineFile.Open(request.DeadLetters);
        using var summaryFile = LineFile.Open(request.Summary);
        using var scorer = Scorers.Load();
        using var folder = DataFolder.Of(request.Data);
        await using var store = await OpenStore.OpenAsync(folder.Path, stop.Token);
        var judge = Judges.New(DetectionPolicy.Default, scorer, workloads);
        var lane = await store.OpenLaneAsync(stop.Token);
        var run = new ReplayRun(judge, lane, scorer, new LaneOptions(), Environment.ProcessorCount, clock);
        var summary = await Inputs.ReadAsync(() => shown.WithProgressAsync("replay", tell => run.RunAsync(
            input,
            progress => tell(Inputs.ShareOf(progress), Inputs.Describe(progress)),
            letter => letters?.Write(letter, DeadLetterLine.Write),
            stop.Token)));

        WriteAll(verdicts, judge.Verdicts(), VerdictLine.Write);
        WriteAll(campaigns, judge.Campaigns, CampaignLine.Write);
        letters?.Complete();
        WriteAll(summaryFile, [summary], (json, item) => SummaryObject.Write(json, item, scorer.ModelVersion));
        FindingReport.Show(shown, summary, judge.Campaigns);
        return ExitCodes.Ok;
    }

    private static WorkloadsInForce ReadWorkloads(string? file)
    {
        var inForce = new WorkloadsInForce();
        if (file is not null)
        {
            if (!WorkloadBook.TryReadFile(file, out var workloads, out var fault))
            {
                throw CommandException.Usage($"--workloads: {fault}");
            }

            inForce.Put(WorkloadRegister.Of(workloads));
        }

        return inForce;
    }

    private static void WriteAll<T>(LineFile? file, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (file is null)
        {
            return;
        }

        foreach (var item in items)
        {
            file.Write(item, write);
        }

        file.Complete();
    }
}
