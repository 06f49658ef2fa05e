using System.Buffers;
using System.Globalization;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Benchmarks;

/// <summary>
/// Exchanges a second that the simulator plays on one core, by its thread's own processor time, without compression or
/// a file: <c>dotnet run -c Release -- simulator [rounds]</c>. And whether its memory grows with what it plays:
/// <c>simulator memory MILLIONS SCALE</c>.
/// </summary>
internal static class SimulatorMeasurement
{
    private const int RoundExchanges = 50_000;
    private const int WarmUpRounds = 2;
    private const double Scale = 0.1;
    private const int Million = 1_000_000;
    private const double Mebibyte = 1024 * 1024;

    public static void Run(int rounds)
    {
        var (simulator, block) = (Create(Scale), new ArrayBufferWriter<byte>());
        var costs = new List<double>();
        var (bytes, allocated) = (0L, 0L);
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            var (began, allocatedBefore) = (ThreadClock.Now, GC.GetAllocatedBytesForCurrentThread());
            var written = Play(simulator, block, simulator.ExchangeCount + RoundExchanges);
            if (round >= 0)
            {
                costs.Add((ThreadClock.Now - began) / 1e3 / RoundExchanges);
                bytes += written;
                allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            }
        }

        costs.Sort();
        var middle = costs[costs.Count / 2];
        var exchanges = (double)rounds * RoundExchanges;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"simulator: {middle:N2} us of processor an exchange, {1e6 / middle:N0} exchanges/s a core (median of "
            + $"{costs.Count} times {RoundExchanges:N0}; best {costs[0]:N2}, worst {costs[^1]:N2}); "
            + $"{bytes / exchanges:N0} B a line, {allocated / exchanges:N1} B allocated each"));
    }

    public static void RunMemory(int millions, double scale)
    {
        var (simulator, block) = (Create(scale), new ArrayBufferWriter<byte>());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{simulator.AccountCount:N0} accounts, {Resident():N0} MiB resident"));
        for (var million = 1; million <= millions && !IsOver(simulator); million++)
        {
            Play(simulator, block, million * (long)Million);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{simulator.ExchangeCount:N0} exchanges, {Resident():N0} MiB resident, "
                + $"{GC.GetTotalMemory(forceFullCollection: false) / Mebibyte:N0} MiB in use"));
        }
    }

    private static bool IsOver(TrafficSimulator simulator) => simulator.Progress.Share >= 1;

    private static double Resident() => Environment.WorkingSet / Mebibyte;

    // Bytes written.
    private static long Play(TrafficSimulator simulator, ArrayBufferWriter<byte> block, long until)
    {
        var bytes = 0L;
        while (simulator.ExchangeCount < until && simulator.TryWriteBlock(block))
        {
            bytes += block.WrittenCount;
            block.ResetWrittenCount();
        }

        return bytes;
    }

    private static TrafficSimulator Create(double scale) => BuiltInRecipes.TryGet("all", out var recipe)
        ? TrafficSimulator.Create(recipe, 1, scale)
        : throw new InvalidOperationException("The program lacks its recipe 'all'.");
}
