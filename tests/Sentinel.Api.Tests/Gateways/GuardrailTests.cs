using System.Net;
using System.Text;
using System.Text.Json;
using Sentinel.Api.Gateways;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>LiteLLM, Portkey and Kong: JSON in, JSON out, always 200.</summary>
public sealed class GuardrailTests
{
    private const string LiteLlm = "/v1/gateways/litellm/beta/litellm_basic_guardrail_api";

    [Theory]
    [InlineData("/v1/gateways/litellm")]
    [InlineData(LiteLlm)]
    public async Task LiteLlm_BlockedKey_IsBlockedHoweverLongThePromptBeforeItIs(string path)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("key-1")]);
        var prompt = new string('x', 3_000_000) + "\",\"request_data\":{\"user_api_key_hash\":\"good\"}";
        var bad = await Post(host, path, LiteLlmBody(prompt, "key-1"));
        Assert.Equal("BLOCKED", bad.GetProperty("action").GetString());
        Assert.Equal(DenyBody.Message, bad.GetProperty("blocked_reason").GetString());
        var good = await Post(host, path, LiteLlmBody(prompt.Replace("good", "key-1", StringComparison.Ordinal), "good"));
        Assert.Equal("""{"action":"NONE"}""", good.GetRawText());
    }

    [Fact]
    public async Task LiteLlm_Account_IsTheFirstThatIsGiven()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("user-1"), Verdicts.Of("org-1")]);
        Assert.Equal("BLOCKED", await Action("""{"user_api_key_org_id":"org-1","user_api_key_user_id":"user-1"}"""));
        Assert.Equal("NONE", await Action("""{"user_api_key_org_id":"org-1","user_api_key_user_id":"user-2"}"""));
        Assert.Equal("BLOCKED", await Action("""{"user_api_key_org_id":"org-1","user_api_key_user_id":null}"""));
        Assert.Equal("BLOCKED", await Action("""{"user_api_key_org_id":"or\u0067-1","x":[{"user_api_key_hash":"a"}]}"""));

        async Task<string?> Action(string data) =>
            (await Post(host, LiteLlm, $$"""{"texts":[],"request_data":{{data}}}""")).GetProperty("action").GetString();
    }

    [Fact]
    public async Task Portkey_Verdict_IsFalseForABlockedUserOnly()
    {
        await using var host = await ApiHost.StartAsync(("Gateways:PlanFailModes:free", "closed"));
        host.Board.Publish([Verdicts.Of("bad \"é\"")]);
        Assert.Equal("""{"verdict":false}""", await Verdict("""{"_user":"bad \"\u00e9\""}"""));
        Assert.Equal("""{"verdict":false}""", await Verdict("""{"_user":"bad \"é\""}"""));
        Assert.Equal("""{"verdict":true}""", await Verdict("""{"_user":"good"}"""));
        Assert.Equal("""{"verdict":true}""", await Verdict("""{"_user":7}"""));
        Assert.Equal("""{"verdict":false}""", await Verdict("""{"plan":"free"}"""));
        host.Reload(("Gateways:PortkeyAccountKey", "account"));
        Assert.Equal("""{"verdict":false}""", await Verdict("""{"_user":"good","account":"bad \"é\""}"""));

        async Task<string> Verdict(string metadata) => (await Post(
            host, "/v1/gateways/portkey",
            """{"request":{"json":{"metadata":{"_user":"bad \"é\""}}},"eventType":"x","metadata":""" + metadata + "}"))
            .GetRawText();
    }

    [Fact]
    public async Task Kong_Block_IsToldFromHeaderOrBody()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("bad")]);
        Assert.Equal(
            """{"block":true,"reason":"campaign.template","decision":"block","decision_id":"0-7-1"}""",
            (await Post(host, "/v1/gateways/kong", """{"account_id":"bad"}""")).GetRawText());
        Assert.True((await Post(host, "/v1/gateways/kong", "", "bad")).GetProperty("block").GetBoolean());
        Assert.False((await Post(host, "/v1/gateways/kong", """{"account_id":"bad"}""", "good"))
            .GetProperty("block").GetBoolean());
    }

    [Theory]
    [InlineData("", "unreadable_request")]
    [InlineData("[]", "unreadable_request")]
    [InlineData("{\"request_data\":{\"other\":\"a\"}", "unreadable_request")]
    [InlineData("{}", "no_account")]
    [InlineData("{\"request_data\":\"a\"}", "no_account")]
    [InlineData("{\"request_data\":{\"user_api_key_hash\":\"a\",\"user_api_key_hash\":\"b\"}}", "bad_account")]
    [InlineData("{\"request_data\":{\"user_api_key_hash\":\"\\ud800\"}}", "bad_account")]
    public async Task LiteLlm_WhatNamesNoAccount_IsAnsweredByFailMode(string body, string reason)
    {
        await using var host = await ApiHost.StartAsync(("Gateways:GatewayFailModes:LiteLLM", "closed"));
        using var response = await Send(host, LiteLlm, body, account: null);
        Assert.Equal(reason, response.Headers.GetValues("x-llm-sentinel-reason").Single());
        Assert.Equal("BLOCKED", (await ApiHost.JsonOf(response)).GetProperty("action").GetString());
    }

    [Fact]
    public async Task LiteLlm_BodyPastItsLimit_IsAnsweredByFailMode()
    {
        await using var host = await ApiHost.StartAsync(("Gateways:BodyBytesMax", "2000"));
        host.Board.Publish([Verdicts.Of("bad")]);
        using var far = await Send(host, LiteLlm, LiteLlmBody(new string('x', 100_000), "bad"), account: null);
        Assert.Equal("request_too_large", far.Headers.GetValues("x-llm-sentinel-reason").Single());
        using var near = await Send(
            host, LiteLlm, """{"request_data":{"user_api_key_hash":"bad"},"texts":[" """ + new string('x', 100_000), null);
        Assert.Equal("block", near.Headers.GetValues("x-llm-sentinel-decision").Single());
    }

    [Fact]
    public void Search_AnyCuts_FindTheSame()
    {
        var body = Encoding.UTF8.GetBytes(
            """ { "a" : [{"k":"no"}, "\"s\":{"], "s":{"x":{"k":"no"},"k" : "\u00e9\\\"é"}, "t":["k","no"], "k":"top" } ,"k":"no" """);
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var search = new BodySearch([new("s", "k"), new("", "k"), new("t", "k")]);
            for (var at = 0; at < body.Length;)
            {
                var length = Math.Min(random.Next(1, 9), body.Length - at);
                search.Feed(body.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(("é\\\"é", "top", ""), (search.ValueOf(0), search.ValueOf(1), search.ValueOf(2)));
        }
    }

    internal static string LiteLlmBody(string prompt, string key) => JsonSerializer.Serialize(new
    {
        texts = new[] { prompt },
        input_type = "request",
        request_data = new { user_api_key_hash = key, user_api_key_alias = "a" },
        additional_provider_specific_params = new { plan = "free" },
    });

    private static async Task<JsonElement> Post(ApiHost host, string path, string body, string? account = null)
    {
        using var response = await Send(host, path, body, account);
        return await ApiHost.JsonOf(response);
    }

    private static async Task<HttpResponseMessage> Send(ApiHost host, string path, string body, string? account)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (account is not null)
        {
            request.Headers.Add("x-llm-sentinel-account", account);
        }

        var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }
}
