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
                if (wrong.Count >= 40)
                {
                    loop.Stop();
                }
            }
        });
        output.WriteLine($"{count} seeds, {System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds} s CPU.");
        wrong.ToList().ForEach(output.WriteLine);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    /// <summary>
    /// What an idle partition told when the clock ended its ticks must survive the crash of its process: seeds that lost
    /// links and levels while the clock's word was in no log.
    /// </summary>
    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(60)]
    public void Run_ProcessDiesAfterPartitionFellIdle_NothingToldIsLost(int seed) => Assert.Null(Fault(seed, Trouble.All));

    /// <summary>
    /// A link lane that releases several ticks at once must not call the later ones ended with the first: seeds that
    /// judged groups before all of their edges were there.
    /// </summary>
    [Theory]
    [InlineData(17)]
    [InlineData(45)]
    public void Run_LinkLaneEndsTicksTogether_EdgesComeBeforeTheirEnd(int seed) => Assert.Null(Fault(seed, Trouble.All));

    /// <summary>Groups are judged at the same ticks whichever lane was slow: seeds that judged them at others.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void Run_TicksEndTogether_GroupsAreJudgedAtTheSameTicks(int seed) => Assert.Null(Fault(seed, Trouble.All));

    /// <summary>A commit amid a chunk must not pass a bad record before it: seeds that lost its letter.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(49)]
    public void Run_CommitAmidChunk_LettersBeforeItAreDurable(int seed) => Assert.Null(Fault(seed, Trouble.All));

    private static string? Fault(int seed, Trouble trouble)
    {
        var expected = Expected.GetOrAdd(seed % Traffics, static n => new Lazy<Undisturbed>(() => new Undisturbed(n))).Value;
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
            Assert.Contains(Lines, static line => line.StartsWith("campaign cmp-1", StringComparison.Ordinal));
        }

        public SimulatedTraffic Traffic { get; }

        public SortedSet<string> Lines { get; }
    }
}
