using System.Net;
using System.Net.Http.Headers;

namespace Sentinel.Api.Tests;

public sealed class IngestEndpointTests
{
    private const string Route = "/v1/exchanges";

    [Fact]
    public async Task Post_Lines_AreTakenAsSent()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}\n{}\n"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """{"accepted":2,"duplicate":1,"rejected":0,"reasons":[],"reasons_omitted":0}""",
            await response.Content.ReadAsStringAsync());
        Assert.Equal("{}\n{}\n", host.Intake.Taken);
    }

    [Fact]
    public async Task Post_Gzip_IsUnpacked()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{\"a\":1}\n", gzip: true));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("{\"a\":1}\n", host.Intake.Taken);
    }

    [Fact]
    public async Task Post_RejectedLines_ReasonsAreBounded()
    {
        await using var host = await ApiHost.StartAsync();
        host.Intake.Receipt = FakeIntake.Rejecting(250);
        var answer = await ApiHost.JsonOf(await host.Client.PostAsync(Route, ApiHost.Ndjson("x")));
        Assert.Equal(250, answer.GetProperty("rejected").GetInt32());
        Assert.Equal(100, answer.GetProperty("reasons").GetArrayLength());
        Assert.Equal(150, answer.GetProperty("reasons_omitted").GetInt32());
        Assert.Equal(
            """{"line":1,"code":"not_json","detail":"line 1"}""", answer.GetProperty("reasons")[0].GetRawText());
    }

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/x-ndjson; charset=utf-8")]
    [InlineData("application/jsonl")]
    public async Task Post_AnyNameOfNdjson_IsRead(string mediaType)
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}", mediaType));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task Post_OtherMediaType_IsAProblem(string mediaType)
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}", mediaType));
        await Problems.AssertAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Equal("", host.Intake.Taken);
    }

    [Fact]
    public async Task Post_OtherEncoding_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        var content = ApiHost.Ndjson("{}");
        content.Headers.ContentEncoding.Add("br");
        var response = await host.Client.PostAsync(Route, content);
        await Problems.AssertAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported_content_encoding");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_AtTheLimit_IsTaken_AndOneByteMoreIsNot(bool gzip)
    {
        await using var host = await ApiHost.StartAsync(("Api:IngestBytesMax", "300000"));
        var atLimit = await host.Client.PostAsync(Route, ApiHost.Ndjson(new string(' ', 300_000), gzip: gzip));
        Assert.Equal(HttpStatusCode.OK, atLimit.StatusCode);
        Assert.Equal(300_000, host.Intake.Taken.Length);
        var past = await host.Client.PostAsync(Route, ApiHost.Ndjson(new string(' ', 300_001), gzip: gzip));
        await Problems.AssertAsync(past, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task Post_PastTheLimitWithoutLength_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync(("Api:IngestBytesMax", "300000"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Route);
        request.Content = ApiHost.Ndjson(new string(' ', 400_000));
        request.Headers.TransferEncodingChunked = true;
        await Problems.AssertAsync(
            await host.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task Post_DefaultLimit_TakesSixtyFourMebibytes()
    {
        await using var host = await ApiHost.StartAsync();
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson(new string('\n', 64 * 1024 * 1024)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task Post_GzipCutOff_IsAProblem(double share)
    {
        await using var host = await ApiHost.StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 5_000));
        var whole = await ApiHost.Ndjson(lines, gzip: true).ReadAsByteArrayAsync();
        using var content = new ByteArrayContent(whole[..(int)(whole.Length * share)]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        await Problems.AssertAsync(await host.Client.PostAsync(Route, content), HttpStatusCode.BadRequest, "bad_gzip");
        Assert.Equal("", host.Intake.Taken);
    }

    [Fact]
    public async Task Post_NotGzipAtAll_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        var content = ApiHost.Ndjson("{\"a\":1}");
        content.Headers.ContentEncoding.Add("gzip");
        await Problems.AssertAsync(await host.Client.PostAsync(Route, content), HttpStatusCode.BadRequest, "bad_gzip");
    }

    [Fact]
    public async Task Post_LaneBusy_AsksToComeBack()
    {
        await using var host = await ApiHost.StartAsync();
        host.Intake.IsBusy = true;
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}"));
        await Problems.AssertAsync(response, HttpStatusCode.ServiceUnavailable, "busy");
        Assert.Equal("1", response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task Post_MoreBodiesThanHeldAtOnce_AsksToComeBack()
    {
        await using var host = await ApiHost.StartAsync(("Api:IngestBodiesMax", "1"));
        host.Intake.Holds = new TaskCompletionSource();
        var first = host.Client.PostAsync(Route, ApiHost.Ndjson("{}"));
        await host.Intake.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Problems.AssertAsync(
            await host.Client.PostAsync(Route, ApiHost.Ndjson("{}")), HttpStatusCode.ServiceUnavailable, "busy");
        host.Intake.Holds.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync(Route, ApiHost.Ndjson("{}"))).StatusCode);
    }

    [Fact]
    public async Task Post_WhileRecovering_AsksToComeBack()
    {
        await using var host = await ApiHost.StartAsync();
        host.Readiness.SetNotReady("recovering", "12 of 40 exchanges are judged again.");
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}"));
        await Problems.AssertAsync(response, HttpStatusCode.ServiceUnavailable, "recovering");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Post_WhileDraining_IsTaken()
    {
        await using var host = await ApiHost.StartAsync();
        host.Readiness.SetDraining();
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync(Route, ApiHost.Ndjson("{}"))).StatusCode);
        await Problems.AssertAsync(
            await host.Client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable, "not_ready");
    }

    [Fact]
    public async Task Post_StoreFails_IsAProblemWithoutStackTrace()
    {
        await using var host = await ApiHost.StartAsync();
        host.Intake.Fails = new InvalidOperationException("/secret/path broke");
        var response = await host.Client.PostAsync(Route, ApiHost.Ndjson("{}"));
        await Problems.AssertAsync(response, HttpStatusCode.InternalServerError, "internal_error");
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
