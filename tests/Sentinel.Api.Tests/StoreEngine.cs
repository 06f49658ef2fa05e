using Sentinel.Storage;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Api.Tests;

/// <summary>
/// The one engine of the test process; whoever asks has a database of its own in it. Those of tests before are dropped: every
/// table keeps a buffer, and hundreds of them reach the engine's limit of memory.
/// </summary>
public sealed class StoreEngine : IDisposable
{
    // No test opens more.
    private const int DatabasesMax = 8;

    private readonly Queue<string> _databases = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-store-");
    private readonly EmbeddedEngine _engine;
    private int _count;

    public StoreEngine() => _engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = _folder.FullName });

    /// <summary>A new database with all tables.</summary>
    public async Task<IClickHouse> OpenAsync(string name)
    {
        _databases.Enqueue($"{name}_{Interlocked.Increment(ref _count)}");
        var clickHouse = _engine.OpenDatabase(_databases.Last());
        while (_databases.Count > DatabasesMax)
        {
            await clickHouse.ExecuteAsync($"DROP DATABASE {_databases.Dequeue()} SYNC", [], CancellationToken.None);
        }

        await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
        return clickHouse;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Tests over the one engine, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class StoreTests : ICollectionFixture<StoreEngine>
{
    public const string Name = "store";
}
