using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Sentinel.Storage.Http;
using Sentinel.Storage.Migrations;
using Sentinel.Storage.Snapshots;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>Where lanes keep their snapshots: of the three ways the first that is set.</summary>
internal sealed record SnapshotOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Snapshots";

    /// <summary>A folder that every process of the role sees. Empty for another way.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Keep them in ClickHouse.</summary>
    public bool ClickHouse { get; init; }
}

/// <summary>All that a program over Kafka is configured by.</summary>
/// <param name="Roles">What the process does.</param>
/// <param name="Kafka">The brokers.</param>
/// <param name="ClickHouse">The server, or null for the embedded one.</param>
/// <param name="Snapshots">Where state is kept.</param>
/// <param name="ObjectStore">An object store for it, or null.</param>
/// <param name="Retention">How long rows are kept.</param>
/// <param name="Lanes">How lanes commit.</param>
/// <param name="Data">Folder of the embedded store.</param>
internal sealed record ClusterOptions(
    ServeRoles Roles,
    KafkaOptions Kafka,
    HttpClickHouseOptions? ClickHouse,
    SnapshotOptions Snapshots,
    S3SnapshotOptions? ObjectStore,
    RetentionOptions Retention,
    PartitionLaneOptions Lanes,
    string Data)
{
    /// <summary>Reads all sections; null when no brokers are named.</summary>
    /// <exception cref="CommandException">Something is wrong; names every key.</exception>
    public static ClusterOptions? Read(IConfiguration configuration, ServeRoles roles, string data)
    {
        var kafka = Section<KafkaOptions>(configuration, KafkaOptions.Section);
        if (kafka is null || kafka.BootstrapServers.Length == 0)
        {
            return roles == ServeRoles.All
                ? null
                : throw CommandException.Usage(
                    $"role {ServeRolesText.Of(roles)} works over Kafka: set LLMSENTINEL_Kafka__BootstrapServers, or leave "
                    + "--role out to run everything in this process.");
        }

        var options = new ClusterOptions(
            roles,
            kafka,
            Section<HttpClickHouseOptions>(configuration, HttpClickHouseOptions.Section),
            Section<SnapshotOptions>(configuration, SnapshotOptions.Section) ?? new SnapshotOptions(),
            Section<S3SnapshotOptions>(configuration, S3SnapshotOptions.Section),
            Section<RetentionOptions>(configuration, RetentionOptions.Section) ?? new RetentionOptions(),
            Section<PartitionLaneOptions>(configuration, PartitionLaneOptions.Section) ?? new PartitionLaneOptions(),
            data);
        string[] faults =
        [
            .. kafka.Faults(), .. options.ClickHouse?.Faults() ?? [], .. options.ObjectStore?.Faults() ?? [],
            .. options.Retention.Faults(), .. options.OwnFaults(),
        ];
        return faults.Length == 0 ? options : throw CommandException.Usage(string.Join(' ', faults));
    }

    private IEnumerable<string> OwnFaults()
    {
        if (Roles != ServeRoles.All && ClickHouse is null)
        {
            yield return "ClickHouse:Url is missing: only a process with all roles can use the embedded store.";
        }

        if (Roles != ServeRoles.All && Roles != ServeRoles.Api && Snapshots is { Folder: "", ClickHouse: false }
            && ObjectStore is null)
        {
            yield return "Snapshots:Folder, Snapshots:ClickHouse or ObjectStore:Url is missing: another process must find "
                + "the state of a partition that moves to it.";
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(Lanes, new ValidationContext(Lanes), results, validateAllProperties: true);
        foreach (var result in results)
        {
            yield return $"{PartitionLaneOptions.Section}: {result.ErrorMessage}";
        }
    }

    private static T? Section<T>(IConfiguration configuration, string name)
        where T : class
    {
        var section = configuration.GetSection(name);
        try
        {
            return section.Exists() ? section.Get<T>() : null;
        }
        catch (InvalidOperationException cause)
        {
            throw CommandException.Usage($"{cause.Message} {cause.InnerException?.Message}"); // Not a number, say.
        }
    }
}
