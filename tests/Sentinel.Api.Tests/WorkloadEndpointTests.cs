using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Sentinel.Api.Tests;

public class WorkloadEndpointTests
{
    private const string Suite =
        """{"kind":"evaluation_suite","accounts":["a/1"],"vouched_by":"platform team","until":"2027-06-01T00:00:00Z","daily_max":500}""";

    [Fact]
    public async Task Put_Declaration_HoldsALittleLaterAndIsListed()
    {
        await using var host = await ApiHost.StartAsync(("Workloads:LeadSeconds", "90"));
        var before = DateTimeOffset.UtcNow;

        var put = await ApiHost.JsonOf(await PutAsync(host, "nightly", Suite));

        Assert.Equal("pending", put.GetProperty("state").GetString());
        Assert.InRange(put.GetProperty("from").GetDateTimeOffset(), before.AddSeconds(89), DateTimeOffset.UtcNow.AddSeconds(91));
        Assert.Contains("pace", put.GetProperty("explains").EnumerateArray().Select(e => e.GetString()));
        var listed = (await host.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/v1/workloads")).GetProperty("workloads");
        Assert.Equal(put.GetRawText(), listed[0].GetRawText());
        Assert.Equal(put.GetRawText(), await host.Client.GetStringAsync("/v1/workloads/nightly"));
        Assert.Equal(500, Assert.Single(host.Workloads.Workloads).DailyMax);
    }

    [Fact]
    public async Task Delete_Declaration_EndsAndStaysOnRecord()
    {
        await using var host = await ApiHost.StartAsync();
        await PutAsync(host, "nightly", Suite);

        var ended = await ApiHost.JsonOf(await host.Client.DeleteAsync("/v1/workloads/nightly"));

        Assert.True(ended.GetProperty("until").GetDateTimeOffset() < DateTimeOffset.UtcNow.AddMinutes(2));
        Assert.True(host.Workloads.Workloads.Length <= 1);
        Assert.All(host.Workloads.Workloads, workload => Assert.True(workload.Until < DateTimeOffset.UtcNow.AddMinutes(2)));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync("/v1/workloads/other")).StatusCode);
    }

    [Theory]
    [InlineData("""{"kind":"gateway","accounts":["a"],"vouched_by":"x","until":"2027-06-01T00:00:00Z","explains":["content.reasoning_extraction"]}""")]
    [InlineData("""{"kind":"suite","accounts":["a"],"vouched_by":"x","until":"2027-06-01T00:00:00Z"}""")]
    [InlineData("""{"kind":"grader","vouched_by":"x","until":"2027-06-01T00:00:00Z"}""")]
    [InlineData("""{"kind":"grader","accounts":["a"],"until":"2027-06-01T00:00:00Z"}""")]
    [InlineData("""{"kind":"grader","accounts":["a"],"vouched_by":"x"}""")]
    [InlineData("""{"kind":"grader","accounts":["a"],"vouched_by":"x","until":"2099-06-01T00:00:00Z"}""")]
    [InlineData("""{"kind":"grader","accounts":["a"],"vouched_by":"x","until":"2027-06-01T00:00:00Z","frames":["xyz"]}""")]
    public async Task Put_WrongDeclaration_RefusedWithASentence(string body)
    {
        await using var host = await ApiHost.StartAsync();

        var answer = await PutAsync(host, "w", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("bad_workload", (await ApiHost.JsonOf(answer)).GetProperty("code").GetString());
        Assert.True(host.Workloads.IsEmpty);
    }

    [Fact]
    public async Task Reload_FileWithDeclarations_InForceAndAWrongOneLeavesThem()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"[{Suite.Insert(1, "\"id\":\"ci\",\"from\":\"2026-01-01T00:00:00Z\",")}]");
            await using var host = await ApiHost.StartAsync(("Workloads:File", file));
            Assert.Equal("ci", Assert.Single(host.Workloads.Workloads).Id);

            await File.WriteAllTextAsync(file, """[{"id":"ci"}]""");
            host.Reload();
            Assert.Equal("ci", Assert.Single(host.Workloads.Workloads).Id);

            await File.WriteAllTextAsync(file, "[]");
            host.Reload();
            Assert.True(host.Workloads.IsEmpty);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<HttpResponseMessage> PutAsync(ApiHost host, string id, string body) =>
        host.Client.PutAsync($"/v1/workloads/{id}", new StringContent(body, Encoding.UTF8, "application/json"));
}
