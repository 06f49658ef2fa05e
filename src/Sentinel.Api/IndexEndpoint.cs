using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Sentinel.Api;

/// <summary>What answers here, and where to read on.</summary>
internal sealed record IndexAnswer
{
    [Description("What this is.")]
    public required string Name { get; init; }

    [Description("Version of the program.")]
    public required string Version { get; init; }

    [Description("In a sentence.")]
    public required string Description { get; init; }

    [Description("The OpenAPI document.")]
    public required string Documentation { get; init; }

    [Description("What can be asked.")]
    public required IReadOnlyList<string> Endpoints { get; init; }
}

/// <summary><c>GET /</c>.</summary>
internal static class IndexEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", Index)
        .WithTags("Index")
        .WithName("GetIndex")
        .WithSummary("What is this?")
        .WithDescription("Names the program and its endpoints.");

    private static Ok<IndexAnswer> Index() => TypedResults.Ok(new IndexAnswer
    {
        Name = "Sentinel for LLM APIs",
        Version = typeof(IndexEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0],
        Description = "Finds distillation abuse in the traffic of an LLM API, and answers whether an account may "
            + "go on.",
        Documentation = "/openapi/v1.json",
        Endpoints =
        [
            "POST /v1/exchanges", "POST /v1/ingest/litellm", "POST /v1/ingest/otlp", "POST /v1/ingest/openai",
            "POST /v1/ingest/anthropic", "POST /v1/logs", "POST /v1/traces", "GET /v1/decisions/{account}", "POST /v1/decisions",
            "GET /v1/gateways/nginx", "GET /v1/gateways/haproxy", "GET /v1/gateways/envoy/{path}",
            "POST /v1/gateways/litellm", "POST /v1/gateways/portkey", "POST /v1/gateways/kong",
            "GET /v1/accounts/{account}", "GET /v1/accounts/{account}/decisions",
            "GET /v1/campaigns", "GET /v1/campaigns/{campaign}", "GET /health/live", "GET /health/ready",
        ],
    });
}
