using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Sentinel.Api.Decisions;
using Sentinel.Api.Gateways;
using Sentinel.Api.Tests.Wire;
using Sentinel.Detection.Verdicts;
using CheckRequest = Sentinel.Api.Tests.Wire.CheckRequest;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>Rulings on what a request names beside its account, by every front.</summary>
public sealed class NamedKeyTests
{
    private const string Prefix = "x-llm-sentinel-";

    private static readonly (KeyKind Kind, string Header, string Field, string Value, string Other)[] Keys =
    [
        (KeyKind.ApiKey, "api-key-id", "api_key_id", "key-1", "key-2"),
        (KeyKind.PaymentHash, "payment-hash", "payment_hash", "ph-1", "ph-2"),
        (KeyKind.Organisation, "org", "org_id", "org-1", "org-2"),
        (KeyKind.AddressBlock, "address", "address", "192.0.2.7", "192.0.3.7"),
    ];

    [Fact]
    public async Task Ruling_OnAnyNamedKey_IsEnforcedByEveryFront()
    {
        foreach (var (kind, header, field, value, other) in Keys)
        {
            await using var host = await ApiHost.StartAsync();
            Rule(host, new RulingKey(kind, kind == KeyKind.AddressBlock ? "192.0.2.0/24" : value), DecisionAction.Block);
            foreach (var (name, ask) in Fronts(host, header, field))
            {
                Assert.True(await ask(value), $"{name} by {kind}");
                Assert.False(await ask(other), $"{name} by another {kind}");
            }
        }
    }

    [Fact]
    public async Task Ruling_OnTheVerdictsCampaign_IsEnforcedOnItsAccounts()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("a", DecisionAction.Observe)]);
        Rule(host, new RulingKey(KeyKind.Campaign, "cmp-3"), DecisionAction.Challenge);
        var decision = Decide(host, "a");
        Assert.Equal((DecisionAction.Challenge, "ruling-r-Campaign"), (decision.Action, decision.DecisionId));
        Assert.Equal(DecisionAction.Allow, Decide(host, "b").Action);
    }

    [Fact]
    public async Task Rulings_OnSeveralKeys_TheStrongestAndThenTheMostSpecificIsNamed()
    {
        await using var host = await ApiHost.StartAsync();
        Rule(host, new RulingKey(KeyKind.Organisation, "o"), DecisionAction.Block);
        Rule(host, new RulingKey(KeyKind.AddressBlock, "192.0.2.0/24"), DecisionAction.Block);
        Assert.Equal("ruling-r-Organisation", Decide(host, "a").DecisionId);
        Rule(host, new RulingKey(KeyKind.Account, "a"), DecisionAction.Throttle);
        Assert.Equal("ruling-r-Account", Decide(host, "a").DecisionId);
        Rule(host, new RulingKey(KeyKind.PaymentHash, "p"), DecisionAction.Allow);
        Assert.Equal("ruling-r-PaymentHash", Decide(host, "a").DecisionId); // An allow sticks.
        Rule(host, new RulingKey(KeyKind.ApiKey, "k"), DecisionAction.Block);
        Assert.Equal("ruling-r-PaymentHash", Decide(host, "a").DecisionId);
        Rule(host, new RulingKey(KeyKind.ApiKey, "k"), DecisionAction.Allow);
        Assert.Equal("ruling-r-ApiKey", Decide(host, "a").DecisionId);
    }

    private static GatewayDecision Decide(ApiHost host, string account) => host.Desk.Decide(
        host.Desk.Policy, GatewayKind.Rest, new NamedKeys
        {
            Fault = AccountFault.None, Account = account, ApiKey = "k", PaymentHash = "p", Organisation = "o",
            Address = "192.0.2.1",
        });

    private static void Rule(ApiHost host, RulingKey key, DecisionAction action) =>
        host.Rulings.Publish([new(key, new Ruling($"r-{key.Kind}", key, action, ExpiresAt: null))]);

    // Each says whether the request is turned away.
    private static IEnumerable<(string Name, Func<string, Task<bool>> Ask)> Fronts(
        ApiHost host, string header, string field)
    {
        foreach (var path in new[] { "/v1/gateways/nginx", "/v1/gateways/haproxy", "/v1/gateways/envoy/v1/x" })
        {
            yield return (path, async value => (int)(await Send(host, "GET", path, header, value)).StatusCode == 403);
        }

        yield return ("GET", async value => await IsBlock(await Send(host, "GET", "/v1/decisions/a", header, value)));
        yield return ("POST", async value => await IsBlock(await Post(
            host, "/v1/decisions", $$"""{"account_id":"a","{{field}}":"{{value}}"}""")));
        yield return ("POST with headers", async value => await IsBlock(await Send(
            host, "POST", "/v1/decisions", header, value, """{"account_id":"a"}""")));
        yield return ("kong", async value => await IsBlock(await Post(
            host, "/v1/gateways/kong", $$"""{"account_id":"a","{{field}}":"{{value}}"}""")));
        yield return ("kong by headers", async value =>
            await IsBlock(await Send(host, "POST", "/v1/gateways/kong", header, value)));
        yield return ("portkey", async value => await IsBlock(await Post(
            host, "/v1/gateways/portkey", $$$"""{"metadata":{"_user":"a","{{{field}}}":"{{{value}}}"}}""")));
        yield return ("litellm", async value => await IsBlock(await Post(host, "/v1/gateways/litellm", LiteLlmBody(field, value))));
        yield return ("gRPC", value => CheckAsync(host, header, value));
    }

    private static string LiteLlmBody(string field, string value)
    {
        var (data, more) = field switch
        {
            "api_key_id" => ($"\"user_api_key_hash\":\"{value}\"", ""),
            "org_id" => ($"\"user_api_key_org_id\":\"{value}\"", ""),
            _ => ("\"user_api_key_hash\":\"a\"", $"\"{field}\":\"{value}\""),
        };
        return $"{{\"request_data\":{{{data}}},\"additional_provider_specific_params\":{{{more}}}}}";
    }

    private static async Task<bool> IsBlock(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return response.Headers.GetValues(Prefix + "decision").Single() == "block";
    }

    private static Task<HttpResponseMessage> Post(ApiHost host, string path, string body) =>
        host.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static Task<HttpResponseMessage> Send(
        ApiHost host, string method, string path, string header, string value, string? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add(Prefix + "account", "a");
        request.Headers.Add(Prefix + header, value);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return host.Client.SendAsync(request);
    }

    private static async Task<bool> CheckAsync(ApiHost host, string header, string value)
    {
        var check = new CheckRequest
        {
            Attributes = new AttributeContext
            {
                Request = new AttributeContext.Types.Request
                {
                    Http = new AttributeContext.Types.HttpRequest
                    {
                        Headers = { [Prefix + "account"] = "a", [Prefix + header] = value },
                    },
                },
            },
        };
        using var content = new ByteArrayContent(EnvoyGrpcTests.Framed(check.ToByteArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await host.Http2Client.PostAsync(EnvoyGrpcFront.Method, content);
        var answer = Wire.CheckResponse.Parser.ParseFrom((await response.Content.ReadAsByteArrayAsync()).AsSpan(5));
        return answer.Status.Code == 7;
    }
}
