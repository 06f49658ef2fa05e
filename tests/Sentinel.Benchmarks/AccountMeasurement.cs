using System.Diagnostics;
using System.Globalization;
using Sentinel.Detection.Stages;

namespace Sentinel.Benchmarks;

/// <summary>
/// What a lane keeps of its accounts, once all of them are really there: five exchanges each, in two frames and without one.
/// Run with <c>accounts [accounts]</c>.
/// </summary>
internal static class AccountMeasurement
{
    public const int AccountsDefault = 10_000_000;
    private const int ExchangesOfAccount = 5;

    public static void Run(int accounts)
    {
        var stage = RestoreMeasurement.NewStage(accounts);
        var output = new StageOutput();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var from = Stopwatch.GetTimestamp();
        for (var i = 0; i < accounts * (long)ExchangesOfAccount; i++)
        {
            var observation = RestoreMeasurement.ObservationOf(i, accounts);
            observation.Frame.HeadAnchor = (ulong)(i / accounts % 3) * (uint)(1 + (i % 100_000));
            stage.TryAdmit(observation.EventKey);
            stage.Observe(observation, output);
            output.Clear();
        }

        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{stage.AccountCount} accounts of {ExchangesOfAccount} exchanges in {seconds:0} s: {kept / (double)(1 << 30):0.00} GiB, "
            + $"{kept / (double)stage.AccountCount:0} B each, with event ids and sightings; resident {Environment.WorkingSet / (double)(1 << 30):0.00} GiB"));
        GC.KeepAlive(stage);
    }
}
