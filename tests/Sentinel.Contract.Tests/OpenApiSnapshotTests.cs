using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Sentinel.Api;
using Sentinel.Api.Findings;
using Sentinel.Api.Ingest;
using Sentinel.Detection.Policy;
using Sentinel.Reports;

namespace Sentinel.Contract.Tests;

/// <summary><c>schemas/openapi.v1.json</c> is what the program serves. UPDATE_SNAPSHOTS=1 writes it anew.</summary>
public sealed class OpenApiSnapshotTests
{
    private const string Snapshot = "schemas/openapi.v1.json";

    [Fact]
    public async Task Snapshot_IsWhatTheProgramServes()
    {
        var served = await ServedAsync();
        var path = Repository.PathOf(Snapshot);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(path, served);
        }

        Assert.True(
            served == await File.ReadAllTextAsync(path),
            $"{Snapshot} differs from what is served. Review the change and run the tests with UPDATE_SNAPSHOTS=1.");
    }

    [Fact]
    public async Task EveryOperation_IsDescribedWithExamples()
    {
        using var document = JsonDocument.Parse(await ServedAsync());
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("summary", out _), name);
                Assert.True(operation.Value.TryGetProperty("description", out _), name);
                Assert.True(operation.Value.TryGetProperty("operationId", out _), name);
                foreach (var response in operation.Value.GetProperty("responses").EnumerateObject())
                {
                    foreach (var content in response.Value.GetProperty("content").EnumerateObject())
                    {
                        Assert.True(
                            content.Value.TryGetProperty("example", out _), $"{name} {response.Name}: no example");
                        Assert.Contains(content.Name, MediaTypesOf(path.Name, response.Name));
                    }
                }
            }
        }

        foreach (var schema in document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            if (schema.Name == nameof(JsonElement))
            {
                continue; // Any JSON: what an event of a case says depends on its kind.
            }

            foreach (var property in schema.Value.GetProperty("properties").EnumerateObject())
            {
                Assert.True(
                    property.Value.GetRawText().Contains("\"description\"", StringComparison.Ordinal),
                    $"{schema.Name}.{property.Name}: no description");
            }
        }
    }

    private static string[] MediaTypesOf(string path, string status) =>
        path.StartsWith("/taxii2", StringComparison.Ordinal) && status != "503" ? ["application/taxii+json;version=2.1"]
        : status[0] != '2' ? ["application/problem+json"]
        : path == "/v1/review/labels" ? ["application/x-ndjson"]
        : path.StartsWith("/v1/reports/", StringComparison.Ordinal)
            ? [.. ReportFormat.All.Select(static format => format.MediaType), "text/csv; charset=utf-8", "application/octet-stream"]
        : ["application/json"];

    private static async Task<string> ServedAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Substitute.For<IExchangeIntake>());
        builder.Services.AddSingleton(Substitute.For<IFindingReader>());
        builder.Services.AddSingleton(DetectionPolicy.Default);
        builder.Services.AddSentinelApi();
        await using var app = builder.Build();
        app.MapSentinelApi();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var served = await client.GetStringAsync("/openapi/v1.json");
        return served.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }
}
