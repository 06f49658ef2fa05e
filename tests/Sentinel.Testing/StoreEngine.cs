using Sentinel.Storage;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Testing;

/// <summary>
/// The one engine of a test process, which can have one alone, in a folder of its own; every test opens a database of its own
/// in it. Without the native library it throws and says what to run. Thread-safe.
/// </summary>
public sealed class StoreEngine : IDisposable
{
    // Every table keeps a buffer of a megabyte that it hardly touches, and here are the tables of a hundred databases.
    private const long EngineBytesMax = 8L << 30;

    private int _databaseCount;

    /// <summary>Starts the engine.</summary>
    public StoreEngine()
    {
        Folder = Directory.CreateTempSubdirectory("sentinel-store-").FullName;
        Engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = Folder, EngineBytesMax = EngineBytesMax });
    }

    /// <summary>Where its data is.</summary>
    public string Folder { get; }

    /// <summary>The engine itself.</summary>
    public EmbeddedEngine Engine { get; }

    /// <summary>A new database without tables.</summary>
    public IClickHouse OpenEmpty() => OpenEmpty(out _);

    /// <summary>The same, and its name.</summary>
    public IClickHouse OpenEmpty(out string name)
    {
        name = $"test_{Interlocked.Increment(ref _databaseCount)}";
        return Engine.OpenDatabase(name);
    }

    /// <summary>A new database with all tables.</summary>
    public async Task<IClickHouse> OpenMigratedAsync()
    {
        var clickHouse = OpenEmpty();
        await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
        return clickHouse;
    }

    /// <summary>Ends the engine and deletes its folder.</summary>
    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
