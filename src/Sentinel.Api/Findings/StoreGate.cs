using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Health;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Findings;

/// <summary>Answers 503 in place of an endpoint that reads the store, until the store is open.</summary>
internal static class StoreGate
{
    private const int RetryAfterSeconds = 1;

    public static TBuilder WithStoreGate<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(static async (context, next) =>
        {
            var services = context.HttpContext.RequestServices;
            if (services.GetRequiredService<IFindingReader>().IsOpen)
            {
                return await next(context);
            }

            var reason = services.GetRequiredService<Readiness>().Current.Reasons.FirstOrDefault();
            return ApiProblem.Unavailable(
                reason?.Code ?? "starting", reason?.Detail ?? "The store is not open.", RetryAfterSeconds);
        });
}
