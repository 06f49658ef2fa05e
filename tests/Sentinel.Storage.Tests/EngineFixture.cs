using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Storage.Tests;

/// <summary>
/// The one engine of the test process, in a folder of its own; every test opens a database of its own in it. Without
/// the native library the tests fail and say what to run.
/// </summary>
public sealed class EngineFixture : IDisposable
{
    // Every table keeps a buffer of a megabyte that it hardly touches, and here are the tables of a hundred databases.
    private const long EngineBytesMax = 8L << 30;

    private int _databaseCount;

    public EngineFixture()
    {
        Folder = Directory.CreateTempSubdirectory("sentinel-storage-").FullName;
        Engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = Folder, EngineBytesMax = EngineBytesMax });
    }

    public string Folder { get; }

    public EmbeddedEngine Engine { get; }

    public IClickHouse OpenEmpty() => OpenEmpty(out _);

    public IClickHouse OpenEmpty(out string name)
    {
        name = $"test_{Interlocked.Increment(ref _databaseCount)}";
        return Engine.OpenDatabase(name);
    }

    public async Task<IClickHouse> OpenMigratedAsync()
    {
        var clickHouse = OpenEmpty();
        await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
        return clickHouse;
    }

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class OneEngine : ICollectionFixture<EngineFixture>
{
    public const string Name = "engine";
}
