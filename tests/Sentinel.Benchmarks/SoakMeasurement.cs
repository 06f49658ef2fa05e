using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>All measured fronts at an even rate for some time, verdicts arriving; what the server holds, minute by minute.</summary>
internal static class SoakMeasurement
{
    private const int Connections = 8;
    private const int CallsAtOnce = 16;
    private const int VerdictsPerSecond = 500;
    private const double Megabyte = 1 << 20;

    public static async Task RunAsync(int minutes, int perSecond)
    {
        await using var server = await FrontProcess.StartAsync();
        await server.TellAsync($"arrive {VerdictsPerSecond}");
        using var http1 = await Http1Load.ConnectAsync(server.Http1Port, Connections);
        using var post = await Http1Load.ConnectAsync(server.Http1Port, Connections);
        using var http2 = await Http2Load.ConnectAsync(server.Http2Port);
        for (var minute = 1; minute <= minutes; minute++)
        {
            var each = perSecond * 60 / 3;
            await Task.WhenAll(
                http1.AskAsync(each, FrontQuestions.AuthRequest, new Pace(perSecond / 3.0)),
                post.AskAsync(each, FrontQuestions.Post, new Pace(perSecond / 3.0)),
                http2.CallAsync(each, CallsAtOnce, FrontQuestions.Check, new Pace(perSecond / 3.0)));
            var use = await server.UseAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"minute {minute}: {use.Resident / Megabyte:0.0} MiB resident, {use.Heap / Megabyte:0.0} MiB heap, "
                + $"{use.Errors} errors"));
        }

        Console.WriteLine(await server.TellAsync("arrived"));
    }
}
