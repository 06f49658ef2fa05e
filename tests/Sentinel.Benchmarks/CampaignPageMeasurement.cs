using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api;
using Sentinel.Api.Findings;
using Sentinel.Api.Ingest;
using Sentinel.Api.Review;
using Sentinel.Browser.Tests;
using Sentinel.Detection.Policy;
using Sentinel.Storage.Embedded;

namespace Sentinel.Benchmarks;

/// <summary>
/// How long the console's page of a campaign of 5,000 accounts takes from question to last byte, over the embedded store, with
/// nothing kept from the time before. Run with <c>campaign</c>. How soon a browser can use it is told by
/// <c>ACampaignOfThousands_IsUsableAtOnce</c>.
/// </summary>
internal static class CampaignPageMeasurement
{
    private const int Rounds = 41;
    private const int Warming = 10;
    private const string Password = "a password of the measurement";

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-").FullName;
        try
        {
            await SeededStore.WriteAsync(folder);
            using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
            await using var clickHouse = engine.OpenDatabase("sentinel");
            await using var app = await StartAsync();
            app.Services.GetRequiredService<StoredFindings>().Open(clickHouse);
            await app.Services.GetRequiredService<ReviewWork>().OpenAsync(clickHouse, CancellationToken.None);
            await app.Services.GetRequiredService<CaseOpener>().LookAsync(CancellationToken.None);
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var signedIn = await client.PostAsJsonAsync("/v1/review/session", new { id = "admin", password = Password });
            signedIn.EnsureSuccessStatusCode();
            await TimeAsync(client, "/console/campaigns/" + SeededStore.Large);
            await TimeAsync(client, "/v1/review/cases/case-" + SeededStore.Large);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["People:AdministratorPassword"] = Password });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static server =>
        {
            SentinelApi.ConfigureServer(server);
            server.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<IExchangeIntake, FrontServer.NoIntake>();
        builder.Services.AddSingleton<StoredFindings>();
        builder.Services.AddSingleton<IFindingReader>(static services => services.GetRequiredService<StoredFindings>());
        builder.Services.AddSingleton(DetectionPolicy.Default);
        builder.Services.AddSentinelApi();
        var app = builder.Build();
        app.MapSentinelApi();
        await app.StartAsync();
        return app;
    }

    private static async Task TimeAsync(HttpClient client, string path)
    {
        var times = new List<double>();
        var length = 0;
        for (var round = -Warming; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            length = (await client.GetByteArrayAsync(path)).Length;
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}, {SeededStore.LargeAccounts:N0} accounts: median {times[Rounds / 2]:0} ms, slowest {times[^1]:0} ms, {length:N0} B"));
    }
}
