using System.Diagnostics;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>Runs a program of somebody else's to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(30);

    /// <summary>What it wrote to standard output; it must succeed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(RunMax);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{program} exits {process.ExitCode}:\n{await output}\n{await error}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
