using Sentinel.FakeClickHouse;
using Sentinel.Storage.Http;
using Sentinel.Storage.Migrations;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

/// <summary>A database behind the interface of a server: current SQL, real requests, failures on demand.</summary>
internal sealed class HttpScope : IAsyncDisposable
{
    private HttpScope(IClickHouse database, FakeClickHouseServer server, HttpClickHouseOptions options)
    {
        Database = database;
        Server = server;
        Options = options;
        Http = new HttpClickHouse(options, TimeProvider.System, new Random(1));
    }

    /// <summary>The database itself, beside the interface.</summary>
    public IClickHouse Database { get; }

    public FakeClickHouseServer Server { get; }

    public HttpClickHouseOptions Options { get; }

    public HttpClickHouse Http { get; }

    public static async Task<HttpScope> OpenAsync(
        StoreEngine fixture, Func<HttpClickHouseOptions, HttpClickHouseOptions>? change = null)
    {
        var database = fixture.OpenEmpty(out var name);
        var server = await FakeClickHouseServer.StartAsync(database, name, certificate: null);
        var options = new HttpClickHouseOptions
        {
            Url = server.Url,
            Database = name,
            User = FakeClickHouseServer.User,
            Password = FakeClickHouseServer.Password,
            RetryDelayMax = TimeSpan.FromMilliseconds(50),
            UnavailableMax = TimeSpan.FromSeconds(20),
        };
        return new HttpScope(database, server, change is null ? options : change(options));
    }

    public static async Task<HttpScope> OpenMigratedAsync(
        StoreEngine fixture, Func<HttpClickHouseOptions, HttpClickHouseOptions>? change = null)
    {
        var scope = await OpenAsync(fixture, change);
        await Migrator.ApplyAsync(scope.Http, Migration.Own, CancellationToken.None);
        return scope;
    }

    public async ValueTask DisposeAsync()
    {
        await Http.DisposeAsync();
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
