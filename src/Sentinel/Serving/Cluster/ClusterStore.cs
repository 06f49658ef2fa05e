using Sentinel.Detection.Ports;
using Sentinel.Hosting.Wiring;
using Sentinel.Storage;
using Sentinel.Storage.Http;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Migrations;
using Sentinel.Storage.Observability;
using Sentinel.Storage.Snapshots;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>The migrated database of a process, at a server or embedded, and its snapshots.</summary>
internal sealed class ClusterStore : IAsyncDisposable
{
    private readonly OpenStore? _embedded;
    private readonly S3Snapshots? _objectStore;
    private readonly Patience _patience;

    private ClusterStore(
        IClickHouse clickHouse, OpenStore? embedded, ISnapshotStore snapshots, S3Snapshots? objectStore, Patience patience)
    {
        (ClickHouse, _embedded, Snapshots, _objectStore) = (clickHouse, embedded, snapshots, objectStore);
        _patience = patience;
    }

    /// <summary>The database.</summary>
    public IClickHouse ClickHouse { get; }

    /// <summary>Where lanes keep their state.</summary>
    public ISnapshotStore Snapshots { get; }

    /// <summary>Opens and migrates.</summary>
    /// <param name="options">Which.</param>
    /// <param name="telemetry">Measures the database.</param>
    /// <param name="clock">Times retries.</param>
    /// <param name="outage">Hears when the server is away and when it is back.</param>
    /// <param name="cancel">Ends opening.</param>
    /// <exception cref="CommandException">It cannot be opened; says why.</exception>
    public static async Task<ClusterStore> OpenAsync(
        ClusterOptions options,
        StoreTelemetry telemetry,
        TimeProvider clock,
        Action<ClickHouseOutage> outage,
        CancellationToken cancel)
    {
        var jitter = new Random(Environment.ProcessId);
        var patience = new Patience(options.ClickHouse?.UnavailableMax ?? TimeSpan.Zero, clock, outage);
        var embedded = options.ClickHouse is null ? await OpenStore.OpenAsync(options.Data, cancel) : null;
        var clickHouse = embedded?.ClickHouse
            ?? new MeteredClickHouse(
                await OpenServerAsync(options.ClickHouse!, options.Retention, patience, clock, jitter, outage, cancel), telemetry, clock);
        var objectStore = options.ObjectStore is null ? null : new S3Snapshots(options.ObjectStore, clock, jitter);
        ISnapshotStore snapshots = objectStore is not null ? objectStore
            : options.Snapshots.ClickHouse ? new ClickHouseSnapshots(clickHouse)
            : new FolderSnapshots(
                options.Snapshots.Folder.Length > 0 ? options.Snapshots.Folder : Path.Combine(options.Data, "snapshots"));
        return new ClusterStore(clickHouse, embedded, snapshots, objectStore, patience);
    }

    /// <summary>The store of one partition whose log is a topic; waits for a server that is away.</summary>
    public async Task<ILaneStore> OpenLaneAsync(int partition, CancellationToken cancel) =>
        await _patience.WaitAsync(() => LaneStore.OpenFedAsync(ClickHouse, partition, cancel), cancel);

    public async ValueTask DisposeAsync()
    {
        _objectStore?.Dispose();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
        else
        {
            await ClickHouse.DisposeAsync();
        }
    }

    private static async Task<HttpClickHouse> OpenServerAsync(
        HttpClickHouseOptions options,
        RetentionOptions retention,
        Patience patience,
        TimeProvider clock,
        Random jitter,
        Action<ClickHouseOutage> outage,
        CancellationToken cancel)
    {
        var server = new HttpClickHouse(options, clock, jitter);
        server.OutageChanged += outage;
        try
        {
            await patience.WaitAsync(
                () => Migrator.ApplyAsync(server, Migration.Own, options.Cluster, cancel), cancel);
            await patience.WaitAsync(
                () => Retention.ApplyAsync(server, retention, options.Cluster, cancel), cancel);
            return server;
        }
        catch (Exception cause) when (cause is ClickHouseException or MigrationException)
        {
            await server.DisposeAsync();
            throw CommandException.Failed($"cannot use ClickHouse at {options}: {cause.Message}{KeysFor(cause)}", cause);
        }
    }

    // The server's own codes: who asks, and for which database.
    private static string KeysFor(Exception cause) => (cause as ClickHouseException ?? cause.InnerException) switch
    {
        ClickHouseException { Code: 192 or 193 or 194 or 516 } => " (see ClickHouse:User, ClickHouse:Password)",
        ClickHouseException { Code: 81 } => " (see ClickHouse:Database; the database itself is not created)",
        ClickHouseException { Code: 497 } => " (grant it to ClickHouse:User)",
        _ => "",
    };
}
