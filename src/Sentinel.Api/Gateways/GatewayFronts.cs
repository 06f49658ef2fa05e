using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Problems;
using Sentinel.Api.Security;

namespace Sentinel.Api.Gateways;

/// <summary>
/// The addresses at which gateways ask, each by its own convention. None is in the OpenAPI document: their form is not
/// this program's to say. <c>infra/gateways</c> shows how each is set up. Each is answered as soon as it is found: its every
/// answer is whole, so nothing has to look at it.
/// </summary>
internal static class GatewayFronts
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var desk = routes.ServiceProvider.GetRequiredService<DecisionDesk>();
        MapAny(routes, "/v1/gateways/nginx", http => AuthRequestFront.AnswerAsync(http, desk, GatewayKind.Nginx));
        MapAny(routes, "/v1/gateways/haproxy", http => AuthRequestFront.AnswerAsync(http, desk, GatewayKind.HaProxy));
        MapAny(routes, EnvoyHttpFront.Prefix + "/{**path}", http => EnvoyHttpFront.AnswerAsync(http, desk));
        MapPost(routes, EnvoyGrpcFront.Method, http => EnvoyGrpcFront.AnswerAsync(http, desk), RefusalForm.Grpc);
        foreach (var path in GuardrailFront.LiteLlmPaths)
        {
            MapPost(routes, path, http => GuardrailFront.LiteLlmAsync(http, desk));
        }

        MapPost(routes, "/v1/gateways/portkey", http => GuardrailFront.PortkeyAsync(http, desk));
        MapPost(routes, "/v1/gateways/kong", http => GuardrailFront.KongAsync(http, desk));
    }

    // With the client's method, whatever it is.
    private static void MapAny(IEndpointRouteBuilder routes, string pattern, RequestDelegate answer)
    {
        var needs = new NeedsScope(CallerScopes.Fronts, RefusalForm.Failure);
        Finish(routes.Map(pattern, GateOf(routes).Before(answer, needs)), pattern, needs);
    }

    private static void MapPost(
        IEndpointRouteBuilder routes, string pattern, RequestDelegate answer, RefusalForm form = RefusalForm.Problem)
    {
        var needs = new NeedsScope(CallerScopes.Fronts, form);
        Finish(routes.MapPost(pattern, GateOf(routes).Before(answer, needs)), pattern, needs);
    }

    private static void Finish(IEndpointConventionBuilder endpoint, string pattern, NeedsScope needs) =>
        endpoint.WithDisplayName(pattern).WithMetadata(AnswersItself.Mark, needs).ShortCircuit();

    private static CallerGate GateOf(IEndpointRouteBuilder routes) =>
        routes.ServiceProvider.GetRequiredService<CallerGate>();
}
