using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>
/// Decisions a second a core, and how long they take at half of what the machine gives: calm, while 100,000 verdicts a
/// second arrive, while a million verdicts are put in. The client is a process of its own; a core's second is a second of
/// processor time of the server's process, kernel included.
/// </summary>
internal static class DecisionMeasurement
{
    private const int Connections = 16;
    private const int CallsAtOnce = 64;
    private const int VerdictsPerSecond = 100_000;
    private const int WarmingRequests = 150_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(TimeSpan time)
    {
        await using var server = await FrontProcess.StartAsync();
        using var http1 = await Http1Load.ConnectAsync(server.Http1Port, Connections);
        using var http2 = await Http2Load.ConnectAsync(server.Http2Port);
        await RateAsync(server, "HTTP/1.1 REST POST", count => http1.AskAsync(count, FrontQuestions.Post), time);
        var rate = await RateAsync(
            server, "HTTP/1.1 auth_request", count => http1.AskAsync(count, FrontQuestions.AuthRequest), time);
        var calls = await RateAsync(
            server, "HTTP/2 ext_authz", count => http2.CallAsync(count, CallsAtOnce, FrontQuestions.Check), time);
        foreach (var (name, begin) in new[]
        {
            ("calm", ""), ($"{VerdictsPerSecond} verdicts/s", $"arrive {VerdictsPerSecond}"), ("1,000,000 put in", "swap"),
        })
        {
            await AtHalfAsync(
                server, $"HTTP/1.1, {name}", begin, rate / 2, time,
                (count, pace, seen) => http1.AskAsync(count, FrontQuestions.AuthRequest, pace, seen));
            await AtHalfAsync(
                server, $"HTTP/2, {name}", begin, calls / 2, time,
                (count, pace, seen) => http2.CallAsync(count, CallsAtOnce, FrontQuestions.Check, pace, seen));
        }
    }

    private static async Task<double> RateAsync(
        FrontProcess server, string name, Func<int, Task> ask, TimeSpan time)
    {
        await ask(WarmingRequests);
        await Task.Delay(Rest); // Lets the compiler finish.
        var began = TimeProvider.System.GetTimestamp();
        await ask(WarmingRequests);
        var count = (int)(WarmingRequests * (time / TimeProvider.System.GetElapsedTime(began)));
        var before = await server.UseAsync();
        began = TimeProvider.System.GetTimestamp();
        await ask(count);
        var rate = count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var used = (await server.UseAsync()).Since(before, count);
        Say($"{name,-24} {1e6 / used.Micros:0} decisions a core's second ({used.Micros:0.0} µs each); {rate:0} a second beside the client");
        return rate;
    }

    private static async Task AtHalfAsync(
        FrontProcess server, string name, string begin, double rate, TimeSpan time,
        Func<int, Pace, LatencyCounts, Task> ask)
    {
        var seen = new LatencyCounts();
        await ask((int)rate, new Pace(rate), new LatencyCounts());
        if (begin.Length > 0)
        {
            await server.TellAsync(begin);
            await Task.Delay(Rest);
        }

        await server.TellAsync("time");
        await ask((int)(rate * time.TotalSeconds), new Pace(rate), seen);
        var inside = await server.TellAsync("times");
        var arrived = begin.Length > 0 ? $"; {await server.TellAsync("arrived")}" : "";
        Say($"{name,-30} at {rate:0}/s: in the server {inside}; to the client {seen}{arrived}");
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
