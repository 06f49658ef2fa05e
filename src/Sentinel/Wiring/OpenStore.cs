using Sentinel.Storage;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Migrations;

namespace Sentinel.Hosting.Wiring;

/// <summary>The embedded store of a data folder: engine, migrated database, and the log of its one partition.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    /// <summary>The one partition of a program that runs alone.</summary>
    public const int Partition = 0;

    private const string DatabaseName = "sentinel";

    private readonly EmbeddedEngine _engine;
    private LaneStore? _lane;

    private OpenStore(EmbeddedEngine engine, IClickHouse clickHouse) => (_engine, ClickHouse) = (engine, clickHouse);

    /// <summary>The migrated database.</summary>
    public IClickHouse ClickHouse { get; }

    /// <summary>The same of a store that must be there: who only reads makes none.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be opened.</exception>
    public static Task<OpenStore> OpenThereAsync(string folder, CancellationToken cancel) => EmbeddedEngine.IsIn(folder)
        ? OpenAsync(folder, cancel)
        : throw CommandException.Usage($"there is no store in {folder}");

    /// <summary>Opens and migrates.</summary>
    /// <exception cref="CommandException">It cannot be opened; says why.</exception>
    public static async Task<OpenStore> OpenAsync(string folder, CancellationToken cancel)
    {
        EmbeddedEngine? engine = null;
        try
        {
            engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
            var store = new OpenStore(engine, engine.OpenDatabase(DatabaseName));
            await Migrator.ApplyAsync(store.ClickHouse, Migration.Own, cancel);
            return store;
        }
        catch (Exception cause) when (IsTold(cause))
        {
            engine?.Dispose();
            throw CommandException.Failed($"cannot open the store in {folder}: {cause.Message}", cause);
        }
    }

    /// <summary>The log, from its durable end on. A log opened before is closed.</summary>
    public async Task<LaneStore> OpenLaneAsync(CancellationToken cancel)
    {
        await CloseLaneAsync();
        return _lane = await LaneStore.OpenAsync(ClickHouse, Partition, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseLaneAsync();
        await ClickHouse.DisposeAsync();
        _engine.Dispose();
    }

    private async ValueTask CloseLaneAsync()
    {
        if (_lane is not null)
        {
            await _lane.DisposeAsync();
            _lane = null;
        }
    }

    private static bool IsTold(Exception cause) =>
        cause is NativeLibraryMissingException or DataFolderInUseException or ClickHouseException or MigrationException
            or IOException or UnauthorizedAccessException;
}
