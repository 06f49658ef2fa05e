using System.Diagnostics;
using System.Globalization;
using Sentinel.Storage.Embedded;

namespace Sentinel.Storage.Tests.Children;

/// <summary>The test program as another process: one that can be killed, or that comes second to a folder.</summary>
internal static class ChildProcess
{
    public const int RefusedCode = 3;

    /// <summary>Starts a child; its standard output is read by the caller.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("No child process.");
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", var folder]:
                await CrashingLane.WriteAsync(folder);
                return 0;
            case ["check", var folder]:
                await CrashingLane.CheckAsync(folder);
                return 0;
            case ["leave", var folder]:
                var scope = await EngineScope.OpenAsync(folder);
                return (int)await scope.ClickHouse.NumberAsync("SELECT toUInt64(7) LIMIT 1"); // Nothing is disposed of.
            case ["open", var folder]:
                return TryOpen(folder);
            case ["measure", var folder, var rows]:
                await Measurement.RunAsync(folder, int.Parse(rows, CultureInfo.InvariantCulture));
                return 0;
            case ["measure-http", var rounds]:
                await WriterMeasurement.RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture));
                return 0;
            default:
                await Console.Error.WriteLineAsync("Not a child's work: " + string.Join(' ', arguments));
                return 2;
        }
    }

    private static int TryOpen(string folder)
    {
        try
        {
            using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
            return 0;
        }
        catch (DataFolderInUseException refusal)
        {
            Console.WriteLine(refusal.Message);
            return RefusedCode;
        }
    }
}
