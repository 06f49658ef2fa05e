using Sentinel.Storage;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Api.Tests;

/// <summary>The one engine of the test process; whoever asks has a database of its own in it.</summary>
public sealed class StoreEngine : IDisposable
{
    // Every table keeps a buffer of a megabyte that it hardly touches, and here are the tables of a hundred databases.
    private const long EngineBytesMax = 8L << 30;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-store-");
    private readonly EmbeddedEngine _engine;
    private int _count;

    public StoreEngine() => _engine = EmbeddedEngine.Open(
        new EmbeddedOptions { Folder = _folder.FullName, EngineBytesMax = EngineBytesMax });

    /// <summary>A new database with all tables.</summary>
    public async Task<IClickHouse> OpenAsync(string name)
    {
        var clickHouse = _engine.OpenDatabase($"{name}_{Interlocked.Increment(ref _count)}");
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
