using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Storage.Tests.Children;

/// <summary>An engine with one migrated database, for the life of a child.</summary>
internal sealed class EngineScope : IAsyncDisposable
{
    private readonly EmbeddedEngine _engine;

    private EngineScope(EmbeddedEngine engine, IClickHouse clickHouse)
    {
        _engine = engine;
        ClickHouse = clickHouse;
    }

    public IClickHouse ClickHouse { get; }

    public static async Task<EngineScope> OpenAsync(string folder)
    {
        var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
        var scope = new EngineScope(engine, engine.OpenDatabase("sentinel"));
        await Migrator.ApplyAsync(scope.ClickHouse, Migration.Own, CancellationToken.None);
        return scope;
    }

    public async ValueTask DisposeAsync()
    {
        await ClickHouse.DisposeAsync();
        _engine.Dispose();
    }
}
