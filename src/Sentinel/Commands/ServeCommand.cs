using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel serve</c>: takes exchanges and answers decisions until it is told to stop.</summary>
internal sealed class ServeCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(ServeRequest request)
    {
        var configuration = ServingProgram.ReadConfiguration();
        var options = ServingProgram.ReadOptions(configuration, request.Urls, request.Data);
        var folder = Path.GetFullPath(options.Data);
        using var scorer = Scorers.Load();
        await ServingProgram.RunAsync(
            options, configuration, new LaneSource(folder), scorer, clock,
            urls => screen.Line($"Listening on {string.Join(", ", urls)}; data in {folder}; Ctrl-C stops."));
        return ExitCodes.Ok;
    }
}
