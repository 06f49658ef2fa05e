using System.Diagnostics;
using System.Globalization;

namespace Sentinel.Benchmarks;

/// <summary>What a server has used so far, or for a request.</summary>
/// <param name="Micros">Processor time, kernel included, microseconds.</param>
/// <param name="Bytes">Bytes allocated.</param>
/// <param name="Resident">Bytes of memory that the process holds.</param>
/// <param name="Heap">Bytes alive after the last collection.</param>
/// <param name="Errors">Errors logged.</param>
internal readonly record struct FrontUse(double Micros, double Bytes, long Resident, long Heap, long Errors)
{
    /// <summary>What a request took.</summary>
    public FrontUse Since(FrontUse before, int requests) =>
        this with { Micros = (Micros - before.Micros) / requests, Bytes = (Bytes - before.Bytes) / requests };
}

/// <summary>A <see cref="FrontServer"/> in a process of its own.</summary>
internal sealed class FrontProcess : IAsyncDisposable
{
    private readonly Process _process;
    private int[] _ports = [];

    private FrontProcess(Process process) => _process = process;

    public int Http1Port => _ports[0];

    public int Http2Port => _ports[1];

    public int EmptyHttp1Port => _ports[2];

    public int EmptyHttp2Port => _ports[3];

    public static async Task<FrontProcess> StartAsync(params string[] settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(FrontProcess).Assembly.Location);
        }

        Array.ForEach(["fronts", "serve", .. settings], start.ArgumentList.Add);
        var server = new FrontProcess(Process.Start(start) ?? throw new InvalidOperationException("No server."));
        server._ports = [.. (await server.AnswerAsync()).Split(' ').Select(Number<int>)];
        return server;
    }

    public async Task<FrontUse> UseAsync()
    {
        var parts = (await TellAsync("use")).Split(' ');
        return new FrontUse(
            Number<double>(parts[0]), Number<double>(parts[1]), Number<long>(parts[2]), Number<long>(parts[3]),
            Number<long>(parts[4]));
    }

    /// <summary>Has the server do something; its answer.</summary>
    public async Task<string> TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        return await AnswerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> AnswerAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server is gone.");

    private static T Number<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
