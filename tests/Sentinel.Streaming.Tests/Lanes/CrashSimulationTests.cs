using Sentinel.Streaming.Lanes;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Lanes;

/// <summary>
/// Kill the process anywhere and start it again: nothing durable is lost or counted twice, and in the end everything is
/// as if nothing had happened.
/// </summary>
public sealed class CrashSimulationTests
{
    private readonly FakeScorer _scorer = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Replay_KilledAndRepeated_EndsAsIfUndisturbed(int seed)
    {
        var random = new Random(seed);
        var text = Traffic.Mixed(seed, 900);
        var calm = new FakeLaneLog();
        var expected = await RunAsync(text, calm, new FakeLaneStore(calm), commitRowsMax: 50_000);

        var log = new FakeLaneLog();
        var crashes = 0;
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 40, $"seed {seed}: the run never ended");
            // The first runs have commits enough to be broken off; later ones may get through.
            var isEarly = crashes < 3;
            var (crashAt, point) = (random.Next(isEarly ? 3 : 12), (CrashPoint)random.Next(1, 5));
            var rowsMax = random.Next(20, isEarly ? 120 : 400);
            var store = new FakeLaneStore(log)
            {
                Crash = commit => commit == crashAt && crashes < 12 ? point : CrashPoint.None,
            };
            try
            {
                var trace = await RunAsync(text, log, store, rowsMax);
                Assert.True(expected == trace, $"seed {seed}: differs after {crashes} crashes");
                break;
            }
            catch (LaneFaultedException failure) when (failure.InnerException is PlayedCrashException)
            {
                crashes++;
                Assert.Equal(log.Observations.Count, log.Observations.DistinctBy(seen => seen.EventKey).Count());
            }
        }

        Assert.True(crashes > 0, $"seed {seed}: nothing was disturbed");
    }

    private async Task<string> RunAsync(byte[] text, FakeLaneLog log, FakeLaneStore store, int commitRowsMax)
    {
        var judge = Traffic.NewJudge(_scorer);
        var run = new ReplayRun(judge, store, _scorer, Traffic.Options(commitRowsMax), workerCount: 2,
            new ManualClock());
        await run.RunAsync(TestInput.Of(text), static _ => { }, static _ => { }, CancellationToken.None);
        return LaneTrace.Of(judge, log);
    }
}
