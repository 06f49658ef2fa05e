using System.Net;

namespace Sentinel.Api.Tests;

public sealed class GatewayEndpointTests
{
    private const string LiteLlm =
        """
        {"id":"c-1","status":"success","startTime":1793613600.25,"model":"m-1","metadata":{"user_api_key_hash":"k"}}
        """;

    private const string Line =
        """{"event_id":"c-1","occurred_at":"2026-11-02T10:00:00.250Z","account":{"id":"k"},"client":"""
        + """{"api_key_id":"k"},"request":{"model":"m-1"},"response":{"status":200}}""" + "\n";

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("application/x-ndjson", false)]
    [InlineData("application/json; charset=utf-8", true)]
    public async Task Post_LiteLlm_IsTakenAsExchanges(string mediaType, bool gzip)
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync("/v1/ingest/litellm", ApiHost.Ndjson(LiteLlm, mediaType, gzip));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Line, host.Intake.Taken);
        Assert.Equal(
            """
            {"records":1,"accepted":2,"duplicate":1,"rejected":0,"skipped":[],"reasons":[],"reasons_omitted":0}
            """.Trim(),
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/v1/ingest/openai", "/v1/chat/completions")]
    [InlineData("/v1/ingest/anthropic", "/v1/messages")]
    public async Task Post_AccessLog_IsTakenAsExchanges(string route, string path)
    {
        await using var host = await ApiHost.StartAsync();
        var record = """
            {"id":"r-1","time":1793613600.25,"path":"PATH","account_id":"a","status":200,
             "request":{"body":{"model":"m-1"}}}
            """.Replace("PATH", path, StringComparison.Ordinal);
        var response = await host.Client.PostAsync(route, ApiHost.Ndjson(record, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"account\":{\"id\":\"a\"}", host.Intake.Taken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SkippedRecords_AreCountedAndNotTaken()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(
            "/v1/ingest/openai", ApiHost.Ndjson("""{"path":"/v1/models","status":200}""", "application/json"));
        var answer = await ApiHost.JsonOf(response);
        Assert.Equal("not_a_model_call", answer.GetProperty("skipped")[0].GetProperty("code").GetString());
        Assert.Equal("", host.Intake.Taken);
    }

    [Fact]
    public async Task Post_RejectedRecords_AreNamedByTheRecord()
    {
        await using var host = await ApiHost.StartAsync();
        host.Intake.Receipt = FakeIntake.Rejecting(2);
        var body = """{"path":"/v1/models"}""" + "\n" + "junk\n" + """{"path":"/v1/responses","status":200}""";
        var response = await host.Client.PostAsync("/v1/ingest/openai", ApiHost.Ndjson(body));
        var reasons = (await ApiHost.JsonOf(response)).GetProperty("reasons");
        Assert.Equal(2, reasons[0].GetProperty("line").GetInt32());
        Assert.Equal("What stands at byte 22 is not one whole JSON object.",
            reasons[0].GetProperty("detail").GetString());
        Assert.Equal(3, reasons[1].GetProperty("line").GetInt32());
    }

    [Theory]
    [InlineData("/v1/logs", "rejectedLogRecords")]
    [InlineData("/v1/traces", "rejectedSpans")]
    public async Task Post_OtlpHttp_AnswersAsOtlpDoes(string route, string rejected)
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(
            route, ApiHost.Ndjson("""{"resourceLogs":[],"resourceSpans":[]}""", "application/json"));
        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
        host.Intake.Receipt = FakeIntake.Rejecting(1);
        response = await host.Client.PostAsync(route, ApiHost.Ndjson("junk", "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = (await ApiHost.JsonOf(response)).GetProperty("partialSuccess");
        Assert.Equal("1", partial.GetProperty(rejected).GetString());
        Assert.Contains("not one whole JSON object", partial.GetProperty("errorMessage").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OtlpProtobuf_IsAProblemThatNamesJson()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync("/v1/logs", ApiHost.Ndjson("x", "application/x-protobuf"));
        await Problems.AssertAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Equal("application/json", response.Headers.GetValues("Accept-Post").Single());
    }

    [Fact]
    public async Task Post_LaneBusy_AsksToComeBack()
    {
        await using var host = await ApiHost.StartAsync();
        host.Intake.IsBusy = true;
        var response = await host.Client.PostAsync("/v1/ingest/litellm", ApiHost.Ndjson(LiteLlm, "application/json"));
        await Problems.AssertAsync(response, HttpStatusCode.ServiceUnavailable, "busy");
    }

    [Fact]
    public async Task Post_PastTheLimit_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync(("Api:IngestBytesMax", "300000"));
        var body = ApiHost.Ndjson(new string(' ', 300_001), "application/json", gzip: true);
        await Problems.AssertAsync(
            await host.Client.PostAsync("/v1/ingest/litellm", body), HttpStatusCode.RequestEntityTooLarge,
            "body_too_large");
    }
}
