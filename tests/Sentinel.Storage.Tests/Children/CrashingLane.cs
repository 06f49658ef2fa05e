using System.Globalization;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;

namespace Sentinel.Storage.Tests.Children;

/// <summary>
/// A lane that writes without end until it is killed. It says <c>acked N</c> once the exchanges below N are durable.
/// What it finds follows from the exchange alone: every tenth gives a verdict, every hundredth a link.
/// </summary>
internal static class CrashingLane
{
    private const int BlockRows = 2_500;

    public static async Task WriteAsync(string folder)
    {
        await using var scope = await EngineScope.OpenAsync(folder);
        await using var store = await LaneStore.OpenAsync(scope.ClickHouse, 0, CancellationToken.None);
        var recovered = await RecoverAsync(store, judge: true);
        Say("recovered", recovered);
        var observation = new Observation();
        var earlier = Task.CompletedTask;
        while (true)
        {
            for (var i = 0; i < BlockRows; i++)
            {
                Sample.Fill(observation, (ulong)store.NextOffset);
                store.Append(observation);
                Judge(store, observation.Offset);
            }

            var next = store.NextOffset;
            var commit = store.CommitAsync(CancellationToken.None);
            await earlier;
            earlier = SayWhenDoneAsync(commit, next);
        }
    }

    /// <summary>Prints what is there: exchanges, then verdicts and links as readers count them.</summary>
    public static async Task CheckAsync(string folder)
    {
        await using var scope = await EngineScope.OpenAsync(folder);
        await using var store = await LaneStore.OpenAsync(scope.ClickHouse, 0, CancellationToken.None);
        Say("recovered", await RecoverAsync(store, judge: true));
        await store.CommitAsync(CancellationToken.None);
        Say("verdicts", (long)await scope.ClickHouse.NumberAsync("SELECT count() FROM verdicts FINAL LIMIT 1"));
        var counts = await new StatusReader(scope.ClickHouse).CountAsync(CancellationToken.None);
        Say("links", counts.Links);
        Say("exchanges", counts.Exchanges);
    }

    private static async Task<long> RecoverAsync(LaneStore store, bool judge)
    {
        var next = 0L;
        var count = await store.RecoverAsync(
            observation =>
            {
                if (observation.Offset != next || Sample.Describe(observation) != Sample.Describe((ulong)next))
                {
                    throw new InvalidDataException($"Not the exchange that was written at {next}.");
                }

                next++;
            },
            CancellationToken.None);
        for (var offset = 0L; judge && offset < count; offset++)
        {
            Judge(store, offset);
        }

        return count == store.NextOffset ? count : throw new InvalidDataException("The next offset is not the next.");
    }

    private static void Judge(LaneStore store, long offset)
    {
        var account = Sample.AccountOf((ulong)offset);
        if (offset % 10 == 0)
        {
            store.Append(Sample.VerdictOf(0, offset, account, VerdictLevel.Watch, 0.5));
        }

        if (offset % 100 == 0)
        {
            store.Append(new Link(LinkKind.Device, (ulong)offset, account, 0, offset, Sample.Start));
        }
    }

    private static async Task SayWhenDoneAsync(Task commit, long next)
    {
        await commit;
        Say("acked", next);
    }

    private static void Say(string what, long number)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {number}"));
        Console.Out.Flush();
    }
}
