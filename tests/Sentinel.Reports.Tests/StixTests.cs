using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sentinel.Reports.Sharing;
using Sentinel.Reports.Stix;

namespace Sentinel.Reports.Tests;

public sealed partial class StixTests
{
    [StandardsFact]
    public void Bundle_OfManyCampaigns_IsAsOasisSays()
    {
        var schema = new JsonSchema(Standards.PathOf("stix2.1/schemas"));
        for (var seed = 0; seed < 200; seed++)
        {
            var profile = SharingProfile.BuiltIn[seed % SharingProfile.BuiltIn.Length];
            using var bundle = JsonDocument.Parse(Incidents.Write("stix", Incidents.ReportFor(seed, profile)));
            Assert.Equal("bundle", bundle.RootElement.GetProperty("type").GetString());
            foreach (var item in bundle.RootElement.GetProperty("objects").EnumerateArray())
            {
                var faults = schema.Check(FileOf(item.GetProperty("type").GetString()!), item);
                Assert.True(faults.Count == 0, $"seed {seed}: {string.Join("; ", faults)}\n{item}");
            }
        }
    }

    [StandardsFact]
    public void Schema_OfABrokenIndicator_FindsTheFault()
    {
        var schema = new JsonSchema(Standards.PathOf("stix2.1/schemas"));
        using var item = JsonDocument.Parse("""{"type":"indicator","spec_version":"2.1","id":"indicator--x","created":"yesterday"}""");
        Assert.NotEmpty(schema.Check("sdos/indicator.json", item.RootElement));
    }

    [Fact]
    public void Bundle_EveryReference_IsInIt()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            using var bundle = JsonDocument.Parse(Incidents.Write("stix", Incidents.ReportOf(seed)));
            var objects = bundle.RootElement.GetProperty("objects").EnumerateArray().ToArray();
            var ids = objects.Select(static item => item.GetProperty("id").GetString()!).ToArray();
            Assert.Distinct(ids);
            var references = objects.SelectMany(static item => item.EnumerateObject())
                .Where(static property => property.Name.EndsWith("_ref", StringComparison.Ordinal) || property.Name.EndsWith("_refs", StringComparison.Ordinal))
                .SelectMany(static property => property.Value.ValueKind == JsonValueKind.Array
                    ? property.Value.EnumerateArray().Select(static item => item.GetString()!) : [property.Value.GetString()!])
                .ToArray();
            Assert.NotEmpty(references);
            Assert.Empty(references.Except(ids));
        }
    }

    [Fact]
    public void Bundle_SameReportTwice_IsTheSame_AndForAnotherRecipientSharesNoIdOfOurs()
    {
        var first = Incidents.Write("stix", Incidents.ReportFor(4, SharingProfile.Partner, "one"));
        Assert.Equal(first, Incidents.Write("stix", Incidents.ReportFor(4, SharingProfile.Partner, "one")));
        var other = Incidents.Write("stix", Incidents.ReportFor(4, SharingProfile.Partner, "two"));
        Assert.Equal(
            [StixKeys.ExtensionId, StixTlp.IdOf(TlpLabel.Amber)],
            IdsOf(first).Intersect(IdsOf(other)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bundle_SameReportWrittenLater_DiffersInTimesOnly()
    {
        var key = RecipientKey.Derive(Incidents.Secret, "one");
        string Written(int hours) => Encoding.UTF8.GetString(Incidents.Write("stix", SharingFilter.Apply(
            Incidents.ReportOf(4) with { WrittenAt = Incidents.Start.AddDays(40).AddHours(hours) }, SharingProfile.Partner, "one", key)));
        var diff = BundleDiff.Of(Written(0), Written(3));
        Assert.Empty(diff.Added);
        Assert.Empty(diff.Removed);
        Assert.Empty(diff.Changed);
        Assert.NotEqual(Written(0), Written(3));
    }

    [Fact]
    public void Pattern_OfEveryIndicator_IsInTheGrammar()
    {
        var patterns = Enumerable.Range(0, 60).SelectMany(seed =>
        {
            using var bundle = JsonDocument.Parse(Incidents.Write("stix", Incidents.ReportOf(seed)));
            return bundle.RootElement.GetProperty("objects").EnumerateArray()
                .Where(static item => item.GetProperty("type").GetString() == "indicator")
                .Select(static item => item.GetProperty("pattern").GetString()!).ToArray();
        }).ToArray();
        Assert.NotEmpty(patterns);
        Assert.All(patterns, static pattern => Assert.Matches(Grammar(), pattern));
        Assert.All(patterns, static pattern => Assert.True(StixKeys.TryRead(pattern, out _, out _)));
    }

    [Theory]
    [InlineData("[ipv4-addr:value = '198.51.100.1']")]
    [InlineData("[user-account:extensions.'x'.payment_keys[*] = 'zz']")]
    [InlineData("")]
    public void TryRead_ForeignPattern_IsNone(string pattern) => Assert.False(StixKeys.TryRead(pattern, out _, out _));

    [Fact]
    public void Uuid_OfTheStandardsExample_IsWhatItSays() => // RFC 9562, appendix A.4.
        Assert.Equal(
            new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"),
            StixIds.Uuid(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));

    [StandardsFact]
    public void Techniques_AreNamedAsAtlasNamesThem()
    {
        var atlas = File.ReadAllText(Standards.PathOf("atlas/dist/ATLAS.yaml"));
        Assert.Contains($"version: {AtlasTechnique.Version}", atlas, StringComparison.Ordinal);
        foreach (var technique in AtlasTechnique.All)
        {
            Assert.Matches($@"id: {Regex.Escape(technique.Id)}\n\s+name: {technique.Name}\n", atlas);
            Assert.Matches($@"id: {Regex.Escape(technique.TacticId)}\n\s+name: {technique.Tactic}\n", atlas);
            Assert.Matches($@"id: {Regex.Escape(technique.ParentId)}\n\s+name: {technique.ParentName ?? technique.Name}\n", atlas);
        }
    }

    // STIX patterning: one comparison of an object path with a string, in one observation.
    [GeneratedRegex(@"^\[[a-z][a-z0-9-]*:[A-Za-z_][A-Za-z0-9_]*(\.([A-Za-z_][A-Za-z0-9_]*|'([^'\\]|\\'|\\\\)*')|\[(\*|[0-9]+)\])* (=|!=) '([^'\\]|\\'|\\\\)*'\]$")]
    private static partial Regex Grammar();

    private static IEnumerable<string> IdsOf(byte[] bundle) =>
        JsonDocument.Parse(bundle).RootElement.GetProperty("objects").EnumerateArray().Select(static item => item.GetProperty("id").GetString()!);

    private static string FileOf(string type) => type switch
    {
        "relationship" or "sighting" => $"sros/{type}.json",
        "user-account" => $"observables/{type}.json",
        "marking-definition" or "extension-definition" => $"common/{type}.json",
        _ => $"sdos/{type}.json",
    };
}
