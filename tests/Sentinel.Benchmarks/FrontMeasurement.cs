using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>
/// Processor time and allocation of the server for a decision, as a multiple of what endpoints cost that take and give as
/// much and do nothing; in turns, the server in a process of its own, medians. On one core (<c>taskset -c 0</c>) the figures
/// are steadier: nothing waits for work by spinning.
/// </summary>
internal static class FrontMeasurement
{
    private const int Connections = 16;

    // Until both kinds are compiled for good: the compiler's time would count as theirs.
    private const int WarmingRequests = 60_000;
    private static readonly TimeSpan WarmingRest = TimeSpan.FromSeconds(1.5);

    public static async Task RunAsync(int rounds, int requests)
    {
        await using var server = await FrontProcess.StartAsync();
        await MeasureHttp1Async(server, "REST POST", FrontQuestions.Post, rounds, requests);
        await MeasureHttp1Async(server, "auth_request GET", FrontQuestions.AuthRequest, rounds, requests);
        await MeasureHttp2Async(server, rounds, requests);
    }

    public static async Task RunGrpcAsync(int rounds, int requests)
    {
        await using var server = await FrontProcess.StartAsync();
        await MeasureHttp2Async(server, rounds, requests);
    }

    private static async Task MeasureHttp2Async(FrontProcess server, int rounds, int requests)
    {
        var loads = await Task.WhenAll(server.Http2Ports.Select(Http2Load.ConnectAsync));
        await MeasureAsync(
            server, "ext_authz gRPC", (kind, count) => loads[kind].CallAsync(count, Connections, FrontQuestions.Check), rounds,
            requests);
        Array.ForEach(loads, static load => load.Dispose());
    }

    private static async Task MeasureHttp1Async(
        FrontProcess server, string name, Func<int, byte[]> questions, int rounds, int requests)
    {
        var loads = await Task.WhenAll(server.Http1Ports.Select(port => Http1Load.ConnectAsync(port, Connections)));
        await MeasureAsync(server, name, (kind, count) => loads[kind].AskAsync(count, questions), rounds, requests);
        Array.ForEach(loads, static load => load.Dispose());
    }

    private static async Task MeasureAsync(
        FrontProcess server, string name, Func<int, int, Task> ask, int rounds, int requests)
    {
        List<FrontUse>[] used = [[], [], []];
        for (var warming = 0; warming < 3; warming++)
        {
            for (var kind = 0; kind < used.Length; kind++)
            {
                await ask(kind, WarmingRequests);
            }

            await Task.Delay(WarmingRest);
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < used.Length; turn++)
            {
                var kind = (round + turn) % used.Length;
                var before = await server.UseAsync();
                await ask(kind, requests);
                used[kind].Add((await server.UseAsync()).Since(before, requests));
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-17} {Median(used[0], u => u.Micros):0.00} µs of processor and {Median(used[0], u => u.Bytes):0} B a request; "
            + $"{Against(used[0], used[2], "of the same shape")}; {Against(used[0], used[1], "bare")}"));
    }

    private static string Against(List<FrontUse> real, List<FrontUse> empty, string name)
    {
        double[] ratios = [.. real.Zip(empty, static (one, other) => one.Micros / other.Micros).Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ratios[ratios.Length / 2]:0.00} times the empty one {name} ({ratios[ratios.Length / 4]:0.00} to "
            + $"{ratios[ratios.Length * 3 / 4]:0.00}; {Median(empty, u => u.Micros):0.00} µs, {Median(empty, u => u.Bytes):0} B)");
    }

    private static double Median(List<FrontUse> uses, Func<FrontUse, double> of)
    {
        double[] values = [.. uses.Select(of).Order()];
        return values[values.Length / 2];
    }
}
