using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests;

public sealed class DecisionEndpointTests
{
    [Fact]
    public async Task Get_UnseenAccount_IsAllowedWithReason()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.GetAsync("/v1/decisions/acct-1");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertBody(
            """
            {"account_id":"acct-1","decision":"allow","reason":"no_verdict","level":"none","campaign_id":null,
            "ttl_seconds":10,"stale":false,"stale_for_seconds":0,"decision_id":"none-12","policy_version":12}
            """,
            await response.Content.ReadAsStringAsync());
        Assert.Equal("no_verdict", Header(response, "x-llm-sentinel-reason"));
    }

    [Fact]
    public async Task Get_BlockedAccount_SaysSoInBodyAndHeaders()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("acct-1")]);
        var response = await host.Client.GetAsync("/v1/decisions/acct-1");
        AssertBody(
            """
            {"account_id":"acct-1","decision":"block","reason":"campaign.template","level":"abusive",
            "campaign_id":"cmp-3","ttl_seconds":60,"stale":false,"stale_for_seconds":0,"decision_id":"0-7-1","policy_version":1}
            """,
            await response.Content.ReadAsStringAsync());
        Assert.Equal("block", Header(response, "x-llm-sentinel-decision"));
        Assert.Equal("campaign.template", Header(response, "x-llm-sentinel-reason"));
        Assert.Equal("60", Header(response, "x-llm-sentinel-ttl"));
        Assert.Equal("false", Header(response, "x-llm-sentinel-stale"));
        Assert.Equal("0-7-1", Header(response, "x-llm-sentinel-decision-id"));
    }

    [Fact]
    public async Task Get_BoardNotFed_SaysStale()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("acct-1")]);
        host.Board.IsLive = false;
        var response = await host.Client.GetAsync("/v1/decisions/acct-1");
        Assert.True((await ApiHost.JsonOf(response)).GetProperty("stale").GetBoolean());
        Assert.Equal("true", Header(response, "x-llm-sentinel-stale"));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("x\r\nx-llm-sentinel-decision: allow")]
    [InlineData("数据 é 🦊")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("'; DROP TABLE verdicts; --")]
    [InlineData("a?b#c&d=e")]
    public async Task Get_HostileId_IsTheIdThatWasMeant(string account)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of(account)]);
        var response = await host.Client.GetAsync("/v1/decisions/" + Uri.EscapeDataString(account));
        var answer = await ApiHost.JsonOf(response);
        Assert.Equal(account, answer.GetProperty("account_id").GetString());
        Assert.Equal("block", Header(response, "x-llm-sentinel-decision"));
    }

    [Fact]
    public async Task Get_TooLongAnId_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.GetAsync("/v1/decisions/" + new string('a', 129));
        await Problems.AssertAsync(response, HttpStatusCode.BadRequest, "bad_account_id");
    }

    [Fact]
    public async Task Post_OneAccount_AnswersLikeGet()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("..")]);
        var response = await host.Client.PostAsync("/v1/decisions", Json("""{"account_id":".."}"""));
        Assert.Equal("block", (await ApiHost.JsonOf(response)).GetProperty("decision").GetString());
        Assert.Equal("block", Header(response, "x-llm-sentinel-decision"));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a b~", "a b~")]
    [InlineData("\\u0061", "a")]
    [InlineData("\\\"", "\"")]
    [InlineData("é", "é")]
    [InlineData("a\",\"plan\":\"b", "a")]
    public async Task Post_OneAccountHoweverWritten_IsTheSame(string written, string account)
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var body in new[] { $"{{\"account_id\":\"{written}\"}}", $" {{ \"account_id\" : \"{written}\" }} " })
        {
            var response = await host.Client.PostAsync("/v1/decisions", Json(body));
            Assert.Equal(account, (await ApiHost.JsonOf(response)).GetProperty("account_id").GetString());
        }
    }

    [Fact]
    public async Task Post_ManyAccounts_AnswersInTheirOrder()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("b", DecisionAction.Throttle)]);
        var ids = Enumerable.Range(0, 999).Select(i => $"a{i}").Append("b").ToArray();
        var response = await host.Client.PostAsJsonAsync("/v1/decisions", new { account_ids = ids });
        var answers = (await ApiHost.JsonOf(response)).GetProperty("decisions");
        Assert.Equal(1000, answers.GetArrayLength());
        Assert.Equal("a0", answers[0].GetProperty("account_id").GetString());
        Assert.Equal("throttle", answers[999].GetProperty("decision").GetString());
    }

    [Theory]
    [InlineData("{}", "bad_question")]
    [InlineData("""{"account_id":"a","account_ids":["b"]}""", "bad_question")]
    [InlineData("""{"account_id":""}""", "bad_account_id")]
    [InlineData("""{"account_ids":[null]}""", "bad_account_id")]
    [InlineData("""{"account_id":7}""", "bad_request")]
    [InlineData("[]", "bad_request")]
    [InlineData("{", "bad_request")]
    [InlineData("", "bad_request")]
    [InlineData("null", "bad_request")]
    public async Task Post_BadQuestion_IsAProblem(string body, string code)
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync("/v1/decisions", Json(body));
        await Problems.AssertAsync(response, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Post_MoreThanAThousand_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        var ids = Enumerable.Range(0, 1001).Select(i => $"a{i}").ToArray();
        var response = await host.Client.PostAsJsonAsync("/v1/decisions", new { account_ids = ids });
        await Problems.AssertAsync(response, HttpStatusCode.BadRequest, "too_many_accounts");
    }

    [Fact]
    public async Task Post_TooLarge_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(
            "/v1/decisions", Json($$"""{"account_id":"{{new string('a', 3_000_000)}}"}"""));
        await Problems.AssertAsync(response, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task Post_BodyInPieces_IsReadToItsEnd()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("acct-1")]);
        var question = "{\"account_id\":\"acct-1\"}";
        using var body = new InPieces([.. question.Select(static letter => letter.ToString())]);
        var response = await host.Client.PostAsync("/v1/decisions", body);
        Assert.Equal("block", (await ApiHost.JsonOf(response)).GetProperty("decision").GetString());
    }

    [Theory]
    [InlineData("Content-Length: 31000000\r\n\r\n{", "413", "body_too_large")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nno number\r\n", "400", "bad_request")]
    public async Task Post_BodyThatTheServerRefuses_IsAProblem(string rest, string status, string code)
    {
        await using var host = await ApiHost.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + rest));
        using var answer = new StreamReader(client.GetStream());
        var said = await answer.ReadToEndAsync(); // The server hangs up, since it does not know where the next one begins.
        Assert.StartsWith($"HTTP/1.1 {status} ", said, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", said, StringComparison.Ordinal);
    }

    private static void AssertBody(string lines, string body) => Assert.Equal(lines.ReplaceLineEndings(""), body);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.GetValues(name).Single();

    private sealed class InPieces : HttpContent
    {
        private readonly string[] _pieces;

        public InPieces(string[] pieces)
        {
            _pieces = pieces;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in _pieces)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(piece));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
