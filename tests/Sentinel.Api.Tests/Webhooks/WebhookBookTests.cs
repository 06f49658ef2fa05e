using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Sentinel.Api.Reports;
using Sentinel.Api.Webhooks;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Tests.Webhooks;

/// <summary>Who is told what, as it is configured.</summary>
public sealed class WebhookBookTests
{
    [Fact]
    public void Read_WhatIsRight_IsTaken()
    {
        var target = Assert.Single(Read(("Name", "soc"), ("Url", "https://soc.example/hook?a=b"), ("Secret", "0123456789abcdef")).Targets);
        Assert.Equal(("soc", "soc.example", false), (target.Name, target.Url.Host, target.IsSplunk));
        Assert.Equal(WebhookEvent.Kinds.Order(), target.Events.Order());
        Assert.DoesNotContain("0123456789abcdef", target.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://soc.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("gopher://127.0.0.1:6379/_FLUSHALL")]
    [InlineData("unix:/var/run/docker.sock")]
    [InlineData("//soc.example/hook")]
    [InlineData("https://ann:secret@soc.example/")]
    public void Read_AddressThatIsNone_IsRefused_AndNotRepeated(string url)
    {
        var fault = Assert.Single(FaultsOf(("Name", "soc"), ("Url", url), ("Secret", "0123456789abcdef")));
        Assert.StartsWith("Webhooks:Targets:0:Url", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EverythingWrong_IsAllTold()
    {
        var faults = FaultsOf(
            ("Name", "a-b"), ("Url", "file:///etc/passwd"), ("Events", "case.eaten"), ("Kind", "pager"), ("Recipient", "nobody"));
        Assert.Equal(6, faults.Length);
        Assert.Single(FaultsOf(("Name", "soc"), ("Url", "https://soc.example"), ("Secret", "short")));
        Assert.Single(FaultsOf(("Name", "soc"), ("Url", "https://soc.example"), ("SecretFile", "/nowhere/at/all")));
        (string, string)[] twice = [.. new[] { 0, 1 }.SelectMany(static i => new[]
        {
            ($"Webhooks:Targets:{i}:Name", "soc"), ($"Webhooks:Targets:{i}:Url", "https://soc.example"),
            ($"Webhooks:Targets:{i}:Secret", "0123456789abcdef"),
        })];
        Assert.Contains("soc is there twice", Assert.Single(Assert.Throws<OptionsValidationException>(() => ReadAll(twice)).Failures), StringComparison.Ordinal);
        Assert.Single(Assert.Throws<OptionsValidationException>(() => ReadAll(("Webhooks:AttemptsMax", "0"))).Failures);
        Assert.Single(Assert.Throws<OptionsValidationException>(() => ReadAll(("Webhooks:AttemptsMax", "many"))).Failures);
    }

    [Theory]
    [InlineData("case.ruled", "done", """{"ruling":"block","reason":"they said: …"}""", true)]
    [InlineData("case.ruled", "not_permitted", """{"ruling":"block"}""", false)]
    [InlineData("case.noted", "done", "{}", false)]
    [InlineData("cases.ruled", "done", """{"ruling":"block","dry_run":true}""", false)]
    [InlineData("cases.ruled", "done", """{"ruling":"block","cases":["case-1","case-2"],"done":[]}""", false)]
    [InlineData("report.shared", "done", "not even JSON", true)]
    public void Of_Row_TellsWhatWasDone_AndNoSentenceOfAnybody(string action, string outcome, string detail, bool isTold)
    {
        var row = new AuditRow(
            7, new AuditEntry(DateTimeOffset.UnixEpoch, "ann", AuditKind.Manual, action, "case-1", outcome, detail), "", "");
        var happened = WebhookEvent.Of(row);
        Assert.Equal(isTold, happened is not null);
        if (happened is not null)
        {
            var text = happened.ToJson().ToJsonString();
            Assert.Contains("evt-7", text, StringComparison.Ordinal);
            Assert.DoesNotContain("they said", text, StringComparison.Ordinal);
            Assert.DoesNotContain("ann", text, StringComparison.Ordinal);
        }
    }

    private static WebhookBook Read(params (string Key, string Value)[] target) =>
        ReadAll([.. target.Select(static one => ("Webhooks:Targets:0:" + one.Key, one.Value))]);

    private static string[] FaultsOf(params (string Key, string Value)[] target) =>
        [.. Assert.Throws<OptionsValidationException>(() => Read(target)).Failures];

    private static WebhookBook ReadAll(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(static one => one.Key, static one => (string?)one.Value)).Build();
        return WebhookBook.Read(configuration, SharingBook.Read(configuration));
    }
}
