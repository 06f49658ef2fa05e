using System.Collections.Concurrent;
using System.Globalization;
using Sentinel.Testing;
using Xunit.Abstractions;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// Lanes of several processes through everything that can happen to them: in the end all is as if nothing had.
/// <c>LLMSENTINEL_SEEDS</c> says how many seeds are tried.
/// </summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    private const string SeedsVariable = "LLMSENTINEL_SEEDS";
    private const int SeedsDefault = 100;
    private const int Traffics = 20;

    private static readonly FakeScorer Scorer = new();
    private static readonly ConcurrentDictionary<int, Lazy<Undisturbed>> Expected = new();

    [Fact]
    public void Run_ManySeeds_EndAsIfUndisturbed()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable(SeedsVariable) ?? SeedsDefault.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        var first = int.Parse(
            Environment.GetEnvironmentVariable("LLMSENTINEL_FIRST_SEED") ?? "1", CultureInfo.InvariantCulture);
        var wrong = new ConcurrentBag<string>();
        Parallel.For(first, first + count, (seed, loop) =>
        {
            if (Fault(seed, Trouble.All) is { } fault)
            {
                wrong.Add($"seed {seed}: {fault}");
                if (wrong.Count >= 10)
                {
                    loop.Stop();
                }
            }
        });
        output.WriteLine($"{count} seeds, {System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds} s CPU.");
        wrong.ToList().ForEach(output.WriteLine);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    private static string? Fault(int seed, Trouble trouble)
    {
        var expected = Expected.GetOrAdd(seed % Traffics, static n => new Lazy<Undisturbed>(() => new Undisturbed(n))).Value;
        trouble = Enum.Parse<Trouble>(Environment.GetEnvironmentVariable("LLMSENTINEL_TROUBLE") ?? trouble.ToString());
        var simulation = new ClusterSimulation(expected.Traffic, Scorer, seed, trouble);
        try
        {
            simulation.Run();
        }
        catch (SimulationException fault)
        {
            return $"{fault.Message}\n{string.Join('\n', simulation.Played)}";
        }

        var lines = SimulatedOutcome.Of(simulation);
        if (lines.SetEquals(expected.Lines))
        {
            return null;
        }

        return string.Join('\n', expected.Lines.Except(lines).Take(4).Select(static line => "- " + line)) + "\n"
            + string.Join('\n', lines.Except(expected.Lines).Take(4).Select(static line => "+ " + line)) + "\n"
            + string.Join('\n', simulation.Played);
    }

    /// <summary>A traffic and what comes of it when nothing happens.</summary>
    private sealed class Undisturbed
    {
        public Undisturbed(int seed)
        {
            Traffic = new SimulatedTraffic(seed, ClusterSimulation.AccountPartitions, ClusterSimulation.From);
            var simulation = new ClusterSimulation(Traffic, Scorer, seed, Trouble.None);
            simulation.Run();
            Lines = SimulatedOutcome.Of(simulation);
        }

        public SimulatedTraffic Traffic { get; }

        public SortedSet<string> Lines { get; }
    }
}
