using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sentinel.Storage;

namespace Sentinel.FakeClickHouse;

/// <summary>
/// ClickHouse's HTTP interface on a free loopback port before a database in this process: current SQL, a real
/// transport, and failures on demand (<see cref="Faults"/>). Insert tokens are passed on, so what leaves out a block
/// that comes twice is ClickHouse itself.
/// </summary>
public sealed class FakeClickHouseServer : IAsyncDisposable
{
    /// <summary>The one user.</summary>
    public const string User = "sentinel";

    /// <summary>Its password.</summary>
    public const string Password = "a pass:word & more";

    private readonly WebApplication _app;
    private readonly IClickHouse _database;
    private readonly string _databaseName;

    private FakeClickHouseServer(WebApplication app, IClickHouse database, string databaseName)
    {
        _app = app;
        _database = database;
        _databaseName = databaseName;
    }

    /// <summary>What goes wrong next.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>The interface's address.</summary>
    public string Url { get; private set; } = string.Empty;

    /// <summary>Requests that came, whatever became of them.</summary>
    public int RequestCount => Faults.RequestCount;

    /// <summary>Addresses of all requests, for tests of what they say: the last 1,000.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>Starts on a port, 0 for any that is free. Disposing of the server leaves the database open.</summary>
    public static async Task<FakeClickHouseServer> StartAsync(
        IClickHouse database, string databaseName, X509Certificate2? certificate, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1L << 30;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        var app = builder.Build();
        var server = new FakeClickHouseServer(app, database, databaseName);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Url = app.Urls.First();
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Add(context.Request.QueryString.Value ?? string.Empty);
        var fault = Faults.Next(context.Request.Query.ContainsKey("query"));
        if (!await PassesAsync(context, fault))
        {
            return;
        }

        try
        {
            if (context.Request.Headers["X-ClickHouse-User"] != User
                || context.Request.Headers["X-ClickHouse-Key"] != Password)
            {
                await RefuseAsync(context, 403, 516, $"{User}: Authentication failed: password is incorrect");
                return;
            }

            if (context.Request.Query["database"] != _databaseName)
            {
                await RefuseAsync(context, 404, 81, $"Database {context.Request.Query["database"]} does not exist");
                return;
            }

            await RunAsync(context, fault);
        }
        catch (ClickHouseException failure)
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["X-ClickHouse-Exception-Code"] =
                failure.Code.ToString(CultureInfo.InvariantCulture);
            await context.Response.WriteAsync(failure.Message);
        }
    }

    // What comes before the statement is looked at. False: the answer has been given, or the connection is gone.
    private static async Task<bool> PassesAsync(HttpContext context, ServerFault fault)
    {
        switch (fault)
        {
            case ServerFault.Cut:
                context.Abort();
                return false;
            case ServerFault.Unavailable:
                context.Response.StatusCode = 503;
                await context.Response.WriteAsync("Service Unavailable");
                return false;
            case ServerFault.TooManyParts:
                await RefuseAsync(context, 500, 252, "Too many parts (300). Merges are processing slower than inserts");
                return false;
            case ServerFault.Slow:
                await Task.Delay(TimeSpan.FromSeconds(2), context.RequestAborted);
                return true;
            default:
                return true;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, int code, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"Code: {code}. DB::Exception: {text}. (TEST)"));
    }

    private async Task RunAsync(HttpContext context, ServerFault fault)
    {
        var query = context.Request.Query;
        var body = await RequestBody.ReadAsync(context.Request);
        if (query["query"].ToString() is { Length: > 0 } insert)
        {
            await _database.InsertAsync(TargetOf(insert, query), [body], CancellationToken.None);
            if (fault == ServerFault.AnswerLost)
            {
                context.Abort();
            }

            return;
        }

        var sql = Encoding.UTF8.GetString(body);
        if (query["default_format"].ToString() is not { Length: > 0 } format)
        {
            await _database.ExecuteAsync(sql, [.. Parameters(query)], CancellationToken.None);
            return;
        }

        using var result = await _database.QueryAsync(
            sql, format, [.. Parameters(query)], CancellationToken.None);
        if (fault == ServerFault.HalfAnswer)
        {
            context.Response.ContentLength = result.Memory.Length;
            await context.Response.Body.WriteAsync(result.Memory[..(result.Memory.Length / 2)]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(result.Memory);
    }

    // INSERT INTO t (a) FORMAT F with the settings of the address, as the engine wants them: in the statement.
    private static InsertTarget TargetOf(string insert, IQueryCollection query)
    {
        var at = insert.LastIndexOf(" FORMAT ", StringComparison.Ordinal);
        var token = query["insert_deduplication_token"].ToString().Replace("'", "\\'", StringComparison.Ordinal);
        var settings = "insert_deduplicate = 1, deduplicate_blocks_in_dependent_materialized_views = 1"
            + (token.Length > 0 ? $", insert_deduplication_token = '{token}'" : string.Empty);
        return new InsertTarget($"{insert[..at]} SETTINGS {settings}", insert[(at + 8)..], Token: "");
    }

    private static IEnumerable<SqlParameter> Parameters(IQueryCollection query) => query
        .Where(item => item.Key.StartsWith("param_", StringComparison.Ordinal))
        .Select(item => SqlParameter.OfWire(item.Key["param_".Length..], item.Value.ToString()));
}
