using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Reports;
using Sentinel.Reports.Sharing;

namespace Sentinel.Api.Tests.Reports;

[Collection(StoreTests.Name)]
public sealed class ReportApiTests(ReportStore store) : IClassFixture<ReportStore>
{
    private const string Collection = "/taxii2/sentinel/collections/friends";

    [Fact]
    public async Task Get_EveryFormat_IsWritten_AndWhatIsWrongIsTold()
    {
        await using var source = await store.OpenAsync();
        await using var api = await StartAsync(source);
        foreach (var (format, type) in new[]
        {
            ("json", "application/json"), ("stix", "application/stix+json"), ("ocsf", "application/x-ndjson"), ("ecs", "application/x-ndjson"),
            ("hec", "application/json"), ("cef", "text/plain"), ("html", "text/html"), ("pdf", "application/pdf"), ("pdf-letter", "application/pdf"),
            ("csv", "text/csv"), ("parquet", "application/octet-stream"), ("arrow", "application/octet-stream"),
        })
        {
            using var answer = await api.Client.GetAsync($"/v1/reports/cmp-1.{format}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/v1/reports/cmp-9.pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/v1/reports/cmp-9.csv")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/cmp-1.doc")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/cmp-1.csv?recipient=friends")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/cmp-1.pdf?recipient=nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/period.json?risk_min=2")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/period.csv")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync("/v1/reports/cmp-1.csv?table=1")).StatusCode);
        var period = await api.Client.GetStringAsync("/v1/reports/period.json?from=2026-10-01T00:00:00Z&until=2027-01-01T00:00:00Z");
        Assert.Contains("cmp-1", period, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Share_PreviewedAndGiven_IsLogged_AndTheNextPreviewShowsNoDifference()
    {
        await using var source = await store.OpenAsync();
        await using var api = await StartAsync(source);
        var request = new { campaign = "cmp-1", recipient = "friends", note = "as agreed" };
        var first = await PostAsync(api, "/v1/shares/preview", request);
        Assert.NotEqual(0, first.GetProperty("added").GetArrayLength());
        Assert.DoesNotContain(ReportStore.Canary, first.GetProperty("bundle").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("feedc0de", first.GetProperty("bundle").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty((await api.Client.GetFromJsonAsync<JsonElement>("/v1/shares")).EnumerateArray());
        await PostAsync(api, "/v1/shares", request);
        var second = await PostAsync(api, "/v1/shares/preview", request);
        Assert.Equal(0, second.GetProperty("added").GetArrayLength() + second.GetProperty("removed").GetArrayLength());
        Assert.Equal(0, second.GetProperty("changed").GetArrayLength());
        await api.Client.GetAsync("/v1/reports/cmp-1.pdf?recipient=friends");
        var log = (await api.Client.GetFromJsonAsync<JsonElement>("/v1/shares?recipient=friends")).EnumerateArray().ToArray();
        Assert.Equal(["pdf", "stix"], log.Select(static item => item.GetProperty("format").GetString()));
        Assert.Equal("as agreed", log[1].GetProperty("note").GetString());
    }

    [Fact]
    public async Task Taxii_PageByPage_GivesEveryObjectOnce()
    {
        await using var source = await store.OpenAsync();
        await using var api = await StartAsync(source);
        await PostAsync(api, "/v1/shares", new { campaign = "cmp-1", recipient = "friends" });
        using var discovery = await api.Client.GetAsync("/taxii2/");
        Assert.Equal("application/taxii+json", discovery.Content.Headers.ContentType!.MediaType);
        Assert.Equal("2.1", discovery.Content.Headers.ContentType.Parameters.Single(static item => item.Name == "version").Value);
        var collections = await api.Client.GetFromJsonAsync<JsonElement>("/taxii2/sentinel/collections/");
        Assert.Equal(CollectionIds.Of("friends"), collections.GetProperty("collections")[0].GetProperty("id").GetString());

        var ids = new List<string>();
        var next = "";
        do
        {
            using var answer = await api.Client.GetAsync($"{Collection}/objects/?limit=3{next}");
            Assert.True(answer.Headers.Contains("X-TAXII-Date-Added-Last"));
            var page = await ApiHost.JsonOf(answer);
            ids.AddRange(page.GetProperty("objects").EnumerateArray().Select(static item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("more").GetBoolean() ? "&next=" + page.GetProperty("next").GetString() : "";
        }
        while (next.Length > 0);

        var manifest = await api.Client.GetFromJsonAsync<JsonElement>($"{Collection}/manifest/");
        Assert.True(ids.Count > 6);
        Assert.Distinct(ids);
        Assert.Equal(ids, manifest.GetProperty("objects").EnumerateArray().Select(static item => item.GetProperty("id").GetString()));
        var one = await api.Client.GetFromJsonAsync<JsonElement>($"{Collection}/objects/{ids[2]}/");
        Assert.Equal(1, one.GetProperty("objects").GetArrayLength());
        var later = await api.Client.GetFromJsonAsync<JsonElement>($"{Collection}/objects/?added_after=2999-01-01T00:00:00Z");
        Assert.Equal(0, later.GetProperty("objects").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/taxii2/sentinel/collections/others/objects/")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"{Collection}/objects/?limit=0")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"{Collection}/objects/?next=zz")).StatusCode);
        using var odd = new HttpRequestMessage(HttpMethod.Get, "/taxii2/") { Headers = { { "Accept", "text/csv" } } };
        Assert.Equal(HttpStatusCode.NotAcceptable, (await api.Client.SendAsync(odd)).StatusCode);
    }

    [Fact]
    public async Task Import_OfAnothersBundle_FindsTheSameKeys_AndIsNoVerdict()
    {
        await using var here = await store.OpenAsync();
        await using var sender = await StartAsync(here);
        var preview = await PostAsync(sender, "/v1/shares/preview", new { campaign = "cmp-1", recipient = "friends" });
        var bundle = preview.GetProperty("bundle").GetString()!;

        // A second installation, which was given the key and saw the same instruments.
        await using var there = await store.OpenAsync();
        var keyFile = Path.Combine(store.Folder, Path.GetRandomFileName());
        await File.WriteAllTextAsync(keyFile, RecipientKey.Derive(Convert.FromHexString(new string('5', 64)), "friends").Reveal());
        await using var receiver = await StartAsync(
            there, ("Sharing:Sources:0:Name", "neighbour"), ("Sharing:Sources:0:KeyFile", keyFile), ("Sharing:Sources:0:Weight", "0.5"));
        var before = await receiver.Client.GetFromJsonAsync<JsonElement>("/v1/reports/cmp-1.json");
        using var answer = await receiver.Client.PostAsync(
            "/v1/imports?source=neighbour", new StringContent(bundle, Encoding.UTF8, "application/json"));
        Assert.Equal(2, (await ApiHost.JsonOf(answer)).GetProperty("keys").GetInt32());
        var after = (await receiver.Client.GetFromJsonAsync<JsonElement>("/v1/reports/cmp-1.json")).GetProperty("campaigns")[0];
        var told = Assert.Single(after.GetProperty("told").EnumerateArray());
        Assert.Equal(2, told.GetProperty("keys").GetInt32());
        Assert.InRange(told.GetProperty("weight").GetDouble(), 0.4, 0.5);
        Assert.Equal(before.GetProperty("campaigns")[0].GetProperty("risk").GetDouble(), after.GetProperty("risk").GetDouble());
        Assert.DoesNotContain("neighbour", await receiver.Client.GetStringAsync("/v1/reports/cmp-1.json?recipient=friends"), StringComparison.Ordinal);

        using var strange = await receiver.Client.PostAsync("/v1/imports?source=neighbour", new StringContent("[]", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, strange.StatusCode);
        using var unknown = await receiver.Client.PostAsync("/v1/imports?source=nobody", new StringContent(bundle, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [InlineData("Sharing:Recipients:0:Profile", "stranger")]
    [InlineData("Sharing:SecretFile", "")]
    [InlineData("Sharing:Recipients:0:Name", "a b")]
    [InlineData("Sharing:Recipients:1:Name", "friends")]
    [InlineData("Sharing:Sources:0:Name", "isac", "Sharing:Sources:1:Name", "isac")]
    [InlineData("Sharing:Profiles:0:Name", "partner", "Sharing:Profiles:0:Keys", "naked")]
    public async Task Start_SharingConfiguredWrongly_SaysSo(string key, string value, string otherKey = "Sharing:Publisher", string other = "us")
    {
        await using var source = await store.OpenAsync();
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(source, (key, value), (otherKey, other)));
        Assert.StartsWith("Sharing:", fault.Message, StringComparison.Ordinal);
    }

    private Task<ApiHost> StartAsync(ReportStore.Source source, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Sharing:SecretFile"] = store.SecretFile,
            ["Sharing:Recipients:0:Name"] = "friends",
        };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return ApiHost.StartWithAsync(
            services => services.AddSingleton<IReportSource>(source), [.. settings.Select(static pair => (pair.Key, pair.Value))]);
    }

    private static async Task<JsonElement> PostAsync(ApiHost api, string path, object body)
    {
        using var answer = await api.Client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await ApiHost.JsonOf(answer);
    }
}
