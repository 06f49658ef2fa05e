using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>
/// Processor time and allocation of the server for a decision, as a multiple of what an endpoint costs that takes and
/// gives as many bytes and does nothing; in turns, the server in a process of its own, medians.
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
        using var real = await Http2Load.ConnectAsync(server.Http2Port);
        using var empty = await Http2Load.ConnectAsync(server.EmptyHttp2Port);
        await MeasureAsync(
            server, "ext_authz gRPC",
            (isEmpty, count) => (isEmpty ? empty : real).CallAsync(count, Connections, FrontQuestions.Check), rounds, requests);
    }

    private static async Task MeasureHttp1Async(
        FrontProcess server, string name, Func<int, byte[]> questions, int rounds, int requests)
    {
        using var real = await Http1Load.ConnectAsync(server.Http1Port, Connections);
        using var empty = await Http1Load.ConnectAsync(server.EmptyHttp1Port, Connections);
        await MeasureAsync(
            server, name, (isEmpty, count) => (isEmpty ? empty : real).AskAsync(count, questions), rounds, requests);
    }

    private static async Task MeasureAsync(
        FrontProcess server, string name, Func<bool, int, Task> ask, int rounds, int requests)
    {
        for (var warming = 0; warming < 3; warming++)
        {
            await ask(false, WarmingRequests);
            await ask(true, WarmingRequests);
            await Task.Delay(WarmingRest);
        }

        var (real, empty) = (new List<FrontUse>(), new List<FrontUse>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var isEmpty in new[] { round % 2 == 0, round % 2 != 0 })
            {
                var before = await server.UseAsync();
                await ask(isEmpty, requests);
                (isEmpty ? empty : real).Add((await server.UseAsync()).Since(before, requests));
            }
        }

        double[] ratios = [.. real.Zip(empty, static (one, other) => one.Micros / other.Micros).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-17} {Median(real, u => u.Micros):0.00} µs, empty {Median(empty, u => u.Micros):0.00} µs of processor a "
            + $"request: {ratios[ratios.Length / 2]:0.00} times ({ratios[ratios.Length / 4]:0.00} to "
            + $"{ratios[ratios.Length * 3 / 4]:0.00}); {Median(real, u => u.Bytes):0} B, empty {Median(empty, u => u.Bytes):0} B"));
    }

    private static double Median(List<FrontUse> uses, Func<FrontUse, double> of)
    {
        double[] values = [.. uses.Select(of).Order()];
        return values[values.Length / 2];
    }
}
