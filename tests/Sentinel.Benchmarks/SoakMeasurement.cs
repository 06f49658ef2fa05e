using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>All measured fronts at an even rate for some time, verdicts arriving; what the server holds, minute by minute.</summary>
internal static class SoakMeasurement
{
    private const int Connections = 8;
    private const int CallsAtOnce = 16;
    private const int VerdictsPerSecond = 500;
    private const int AliveEvery = 5; // Minutes. Not each: a collection that is asked for hides how the server does without.
    private const double Megabyte = 1 << 20;

    public static async Task RunAsync(int minutes, int perSecond)
    {
        await using var server = await FrontProcess.StartAsync();
        await server.TellAsync($"arrive {VerdictsPerSecond}");
        using var http1 = await Http1Load.ConnectAsync(server.Http1Ports[0], Connections);
        using var post = await Http1Load.ConnectAsync(server.Http1Ports[0], Connections);
        using var http2 = await Http2Load.ConnectAsync(server.Http2Ports[0]);
        for (var minute = 1; minute <= minutes; minute++)
        {
            var each = perSecond * 60 / 3;
            var first = (minute - 1) * each; // All accounts in turn.
            await Task.WhenAll(
                http1.AskAsync(each, i => FrontQuestions.AuthRequest(first + i), new Pace(perSecond / 3.0)),
                post.AskAsync(each, i => FrontQuestions.Post(first + i), new Pace(perSecond / 3.0)),
                http2.CallAsync(each, CallsAtOnce, i => FrontQuestions.Check(first + i), new Pace(perSecond / 3.0)));
            var use = await server.UseAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"minute {minute}: {use.Resident / Megabyte:0.0} MiB resident, {use.Heap / Megabyte:0.0} MiB heap at "
                + $"the last collection, {use.Errors} errors"));
            if (minute % AliveEvery == 1 || minute == minutes)
            {
                var alive = double.Parse(await server.TellAsync("alive"), CultureInfo.InvariantCulture);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"alive: {alive / Megabyte:0.00} MiB"));
            }
        }

        Console.WriteLine(await server.TellAsync("arrived"));
    }
}
