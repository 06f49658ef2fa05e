using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>
/// Gateways that call a guardrail with a JSON body and take JSON for an answer, always with 200: LiteLLM, Portkey,
/// Kong.
/// Of the body nothing is looked for but the account and its plan; prompts in it are passed over unread.
/// </summary>
internal static class GuardrailFront
{
    // LiteLLM adds the second half to the address that it is given, unless that ends with it.
    public static readonly string[] LiteLlmPaths =
        ["/v1/gateways/litellm", "/v1/gateways/litellm/beta/litellm_basic_guardrail_api"];

    private static readonly GuardrailFields LiteLlmFields = new(
        // In the order in which ingest takes them for the account.
        [
            new("request_data", "user_api_key_hash"), new("request_data", "user_api_key_user_id"),
            new("request_data", "user_api_key_end_user_id"), new("request_data", "user_api_key_team_id"),
            new("request_data", "user_api_key_org_id"),
        ],
        Plan: new("additional_provider_specific_params", "plan"),
        ApiKey: new("request_data", "user_api_key_hash"),
        PaymentHash: new("additional_provider_specific_params", "payment_hash"),
        Organisation: new("request_data", "user_api_key_org_id"),
        Address: new("additional_provider_specific_params", "address"));

    private static readonly GuardrailFields KongFields = GuardrailFields.In("", "account_id");

    private static ReadOnlySpan<byte> NoneAnswer => """{"action":"NONE"}"""u8;

    private static ReadOnlySpan<byte> PassAnswer => """{"verdict":true}"""u8;

    private static ReadOnlySpan<byte> FailAnswer => """{"verdict":false}"""u8;

    /// <summary>LiteLLM's generic guardrail API.</summary>
    public static async Task LiteLlmAsync(HttpContext http, DecisionDesk desk)
    {
        var decision = await DecideByBodyAsync(http, desk, GatewayKind.LiteLlm, LiteLlmFields);
        if (!decision.IsBlock)
        {
            await WriteAsync(http, NoneAnswer);
            return;
        }

        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("action"u8, "BLOCKED"u8);
        json.WriteString("blocked_reason"u8, DenyBody.Message);
        json.WriteEndObject();
    }

    /// <summary>Portkey's webhook guardrail.</summary>
    public static async Task PortkeyAsync(HttpContext http, DecisionDesk desk)
    {
        var fields = GuardrailFields.In("metadata", desk.Policy.Options.PortkeyAccountKey);
        var decision = await DecideByBodyAsync(http, desk, GatewayKind.Portkey, fields);
        await WriteAsync(http, decision.IsBlock ? FailAnswer : PassAnswer);
    }

    /// <summary>Kong's custom guardrail: the account in the header, or at the top of the body.</summary>
    public static async Task KongAsync(HttpContext http, DecisionDesk desk)
    {
        var (policy, headers) = (desk.Policy, http.Request.Headers);
        GatewayDecision decision;
        if (CallerHeaders.ReadAccount(headers[policy.Options.AccountHeader], out _) == AccountFault.Missing)
        {
            decision = await DecideByBodyAsync(http, desk, GatewayKind.Kong, KongFields);
        }
        else
        {
            decision = desk.Decide(policy, GatewayKind.Kong, CallerHeaders.Read(headers, policy, desk.Rulings));
            Begin(http, decision, policy);
        }

        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("block"u8, decision.IsBlock);
        json.WriteString("reason"u8, DecisionHeaders.TextOf(decision.Reason));
        json.WriteString("decision"u8, WireNames.Of(decision.Action));
        json.WriteString("decision_id"u8, DecisionHeaders.TextOf(decision.DecisionId));
        json.WriteEndObject();
    }

    private static async Task<GatewayDecision> DecideByBodyAsync(
        HttpContext http, DecisionDesk desk, GatewayKind gateway, GuardrailFields fields)
    {
        var policy = desk.Policy;
        var search = new BodySearch(fields.All);
        var fault = await search.ReadAsync(http, policy.Options.BodyBytesMax, http.RequestAborted);
        var account = fields.AccountIn(search);
        if (account.Length > 0)
        {
            fault = AccountIdText.IsValid(account) ? AccountFault.None : AccountFault.Bad;
        }
        else if (fault == AccountFault.None)
        {
            fault = AccountFault.Missing;
        }

        var decision = desk.Decide(policy, gateway, fields.NamedIn(search, fault, account));
        Begin(http, decision, policy);
        return decision;
    }

    private static void Begin(HttpContext http, in GatewayDecision decision, GatewayPolicy policy)
    {
        DecisionHeaders.Write(http.Response.Headers, decision, policy);
        http.Response.ContentType = DenyBody.MediaType;
    }

    private static ValueTask<FlushResult> WriteAsync(HttpContext http, ReadOnlySpan<byte> json)
    {
        http.Response.ContentLength = json.Length;
        json.CopyTo(http.Response.BodyWriter.GetSpan(json.Length));
        http.Response.BodyWriter.Advance(json.Length);
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
