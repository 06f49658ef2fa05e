using Microsoft.AspNetCore.Http;

namespace Sentinel.Api.Gateways;

/// <summary>
/// For gateways that ask with headers alone and read the status: nginx's <c>auth_request</c>, HAProxy's Lua. 204 goes
/// on,
/// 403 is turned away, 401 is turned away for naming no account. Never anything else: nginx makes 500 of it.
/// </summary>
internal static class AuthRequestFront
{
    public static Task AnswerAsync(HttpContext http, DecisionDesk desk, GatewayKind gateway)
    {
        var policy = desk.Policy;
        var named = CallerHeaders.Read(http.Request.Headers, policy, desk.Rulings);
        var decision = desk.Decide(policy, gateway, named);
        DecisionHeaders.Write(http.Response.Headers, decision, policy);
        if (!decision.IsBlock)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        http.Response.StatusCode = decision.Reason == AccountFaults.NameOf(named.Fault)
            ? StatusCodes.Status401Unauthorized
            : StatusCodes.Status403Forbidden;
        http.Response.ContentLength = 0; // With a length of its own an error gets no problem for a body.
        return Task.CompletedTask;
    }
}
