using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Storage.Tests;

/// <summary>
/// The one engine of the test process, in a folder of its own; every test opens a database of its own in it. Those of tests
/// before are dropped: every table keeps a buffer, and hundreds of them reach the engine's limit of memory. Without the native
/// library the tests fail and say what to run.
/// </summary>
public sealed class EngineFixture : IDisposable
{
    // No test opens more.
    private const int DatabasesMax = 8;

    private readonly Queue<string> _databases = new();
    private int _databaseCount;

    public EngineFixture()
    {
        Folder = Directory.CreateTempSubdirectory("sentinel-storage-").FullName;
        Engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = Folder });
    }

    public string Folder { get; }

    public EmbeddedEngine Engine { get; }

    public IClickHouse OpenEmpty() => OpenEmpty(out _);

    public IClickHouse OpenEmpty(out string name)
    {
        name = $"test_{Interlocked.Increment(ref _databaseCount)}";
        _databases.Enqueue(name);
        return Engine.OpenDatabase(name);
    }

    public async Task<IClickHouse> OpenMigratedAsync()
    {
        var clickHouse = OpenEmpty();
        while (_databases.Count > DatabasesMax)
        {
            await clickHouse.ExecuteAsync($"DROP DATABASE {_databases.Dequeue()} SYNC", [], CancellationToken.None);
        }

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
