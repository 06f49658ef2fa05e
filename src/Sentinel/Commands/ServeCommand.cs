using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Serving.Cluster;
using Sentinel.Hosting.Terminal;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel serve</c>: takes exchanges and answers decisions until it is told to stop.</summary>
internal sealed class ServeCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(ServeRequest request)
    {
        var configuration = ServingProgram.ReadConfiguration();
        var options = ServingProgram.ReadOptions(configuration, request.Urls, request.Data, request.Role);
        if (!ServeRolesText.TryRead(options.Role, out var roles))
        {
            throw CommandException.Usage($"--role {options.Role} is none of {ServeRolesText.Names}.");
        }

        var folder = Path.GetFullPath(options.Data);
        var cluster = ClusterOptions.Read(configuration, roles, folder);
        var work = cluster is null ? new ServingWork(new LaneSource(folder)) : new ServingWork(cluster);
        var place = cluster is null ? $"data in {folder}" : $"{ServeRolesText.Of(roles)} over {cluster.Kafka}";
        using var model = ServedModel.Load(configuration);
        await ServingProgram.RunAsync(
            options, configuration, work, model, clock,
            urls => screen.Line($"Listening on {string.Join(", ", urls)}; {place}; Ctrl-C stops."));
        return ExitCodes.Ok;
    }
}
