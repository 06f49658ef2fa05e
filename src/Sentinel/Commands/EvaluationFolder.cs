using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Traffic;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary>A folder of traffic and its truth.</summary>
internal sealed class EvaluationFolder
{
    private const string TruthName = "truth.jsonl";
    private static readonly ImmutableArray<string> TrafficNames = ["traffic.jsonl", "traffic.jsonl.gz"];

    private readonly string _path;
    private readonly string _traffic;
    private readonly GroundTruth _truth;
    private readonly InputSet _input;

    private EvaluationFolder(string name, string path, string traffic, GroundTruth truth, InputSet input) =>
        (Name, _path, _traffic, _truth, _input) = (name, path, traffic, truth, input);

    /// <summary>What reports call it.</summary>
    public string Name { get; }

    /// <summary>Finds the traffic of all folders and reads their truth.</summary>
    /// <exception cref="CommandException">Something is missing or broken; says what.</exception>
    public static IReadOnlyList<EvaluationFolder> FindAll(ImmutableArray<string> paths, Screen screen)
    {
        if (paths.IsEmpty || paths.Distinct(StringComparer.Ordinal).Count() < paths.Length)
        {
            throw CommandException.Usage("--traffic needs folders, each of them once");
        }

        return [.. paths.Select((path, i) => Find(path, NameOf(paths, i), screen))];
    }

    /// <summary>Runs the platform's pipeline over the traffic, and keeps what baselines need.</summary>
    /// <exception cref="CommandException">The traffic has unusable lines, or accounts without truth.</exception>
    public async Task<EvaluationRun> RunAsync(
        IScorer scorer, EvaluateRequest request, Screen screen, TimeProvider clock, CancellationToken cancel)
    {
        var keywords = request.Detectors.Any(Baselines.NeedsKeywords)
            ? await KeywordPass.RunAsync(_traffic, cancel)
            : new HashSet<EventKey>();
        var recorder = new TrafficRecorder(keywords.Contains);
        var inForce = new RulingsInForce();
        var judge = Judges.New(DetectionPolicy.Default, scorer, rulings: inForce);
        var analyst = request.RuleAfter is { } takes ? new Analyst(recorder, inForce, _truth.IsAbuser, takes) : null;
        var run = new ReplayRun(judge, (ILaneStore?)analyst ?? recorder, scorer, new LaneOptions(), Environment.ProcessorCount, clock);
        DeadLetter? broken = null;
        await Inputs.ReadAsync(() => screen.WithProgressAsync($"judge {Name}", tell => run.RunAsync(
            _input,
            progress => tell(Inputs.ShareOf(progress), Inputs.Describe(progress)),
            letter => broken ??= letter,
            cancel)));
        if (broken is not null)
        {
            throw CommandException.Usage(string.Create(
                CultureInfo.InvariantCulture, $"{_traffic}, line {broken.Line}: {broken.Detail}"));
        }

        if (recorder.LeftOut > 0)
        {
            throw CommandException.Usage(string.Create(
                CultureInfo.InvariantCulture, $"{_traffic} has more than {TrafficRecorder.ExchangesMax:N0} exchanges"));
        }

        var traffic = recorder.Complete();
        if (!_truth.TryResolve(traffic.Accounts, out var truth, out var unknown))
        {
            throw CommandException.Usage(
                $"{Path.Combine(_path, TruthName)} does not know the account {Screen.Printable(unknown)}");
        }

        var findings = PlatformFindings.Of(judge.Verdicts(), judge.Campaigns, DetectionPolicy.Default, traffic);
        return new EvaluationRun(Name, traffic, truth, findings)
        {
            Rulings = analyst is null ? null : SuccessorReader.Read(Name, traffic, truth, analyst),
        };
    }

    private static EvaluationFolder Find(string path, string name, Screen screen)
    {
        if (!Directory.Exists(path))
        {
            throw CommandException.Usage($"there is no folder {path}");
        }

        var found = TrafficNames.Select(file => Path.Combine(path, file)).Where(File.Exists).ToArray();
        var truthPath = Path.Combine(path, TruthName);
        if (found.Length != 1)
        {
            throw CommandException.Usage(
                $"{path} has {(found.Length == 0 ? "neither" : "both")} of {string.Join(" and ", TrafficNames)}");
        }

        if (!File.Exists(truthPath))
        {
            throw CommandException.Usage($"{path} has no {TruthName}: there is nothing to hold findings against");
        }

        try
        {
            return GroundTruth.TryRead(File.ReadLines(truthPath), out var truth, out var fault)
                ? new EvaluationFolder(name, path, found[0], truth, Inputs.Find(found[0], screen))
                : throw CommandException.Usage($"{truthPath}, {fault}");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"cannot read {truthPath}: {cause.Message}");
        }
    }

    // The last part of the path, or as much of it as tells the folders apart.
    private static string NameOf(ImmutableArray<string> paths, int index)
    {
        var parts = paths.Select(static path => Path.GetFullPath(path).Split(
            Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        for (var length = 1; length <= parts[index].Length; length++)
        {
            var name = string.Join('/', parts[index].TakeLast(length));
            if (parts.Count(other => string.Join('/', other.TakeLast(length)) == name) == 1)
            {
                return name;
            }
        }

        return paths[index];
    }
}
