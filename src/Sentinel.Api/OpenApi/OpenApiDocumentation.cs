using Microsoft.Extensions.DependencyInjection;

namespace Sentinel.Api.OpenApi;

/// <summary>The document at <c>/openapi/v1.json</c>: made from the endpoints, finished with examples.</summary>
internal static class OpenApiDocumentation
{
    public static void AddSentinelOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
    });
}
