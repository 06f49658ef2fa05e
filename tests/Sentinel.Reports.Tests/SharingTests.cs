using Sentinel.Detection.Links;
using Sentinel.Reports.Sharing;

namespace Sentinel.Reports.Tests;

public sealed class SharingTests
{
    private const string KeyMark = "feedc0de";

    public static TheoryData<string> Formats => [.. ReportFormat.All.Select(static format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Partner_InNoFormat_IsToldTextsAccountsOrKeys(string format)
    {
        for (var seed = 0; seed < (format.StartsWith("pdf", StringComparison.Ordinal) ? 20 : 200); seed++)
        {
            var text = TextOf(format, Incidents.ReportFor(seed, SharingProfile.Partner));
            Assert.DoesNotContain(Incidents.Canary, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(KeyMark, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Internal_InEveryFormat_IsToldWhoItWas(string format)
    {
        var text = TextOf(format, Incidents.ReportFor(7, SharingProfile.Internal));
        Assert.Contains(Incidents.Canary, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Authority_IsToldAccountsAndNoKeys()
    {
        var text = TextOf("json", Incidents.ReportFor(7, SharingProfile.Authority));
        Assert.Contains(Incidents.Canary, text, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyMark, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void TwoRecipients_HaveNoIdentifierInCommon()
    {
        var one = Incidents.ReportFor(5, SharingProfile.Partner, "one");
        var two = Incidents.ReportFor(5, SharingProfile.Partner, "two");
        Assert.Empty(IdentifiersOf(one).Intersect(IdentifiersOf(two)));
        Assert.Equal(IdentifiersOf(one), IdentifiersOf(Incidents.ReportFor(5, SharingProfile.Partner, "one")));
    }

    [Fact]
    public void RecipientKey_HandedOver_FindsTheSameKeys()
    {
        var key = RecipientKey.Derive(Incidents.Secret, "one");
        Assert.True(RecipientKey.TryParse(key.Reveal(), out var handed));
        Assert.Equal(key.HashKey(LinkKind.Payment, 12345), handed!.HashKey(LinkKind.Payment, "0000000000003039"));
        Assert.NotEqual(key.HashKey(LinkKind.Payment, 12345), key.HashKey(LinkKind.Phone, 12345));
        Assert.False(RecipientKey.TryParse("abc", out _));
        Assert.DoesNotContain(key.Reveal(), key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Partner_Counts_KeepTwoDigits_AndTimesWholeHours()
    {
        var campaign = Incidents.ReportFor(9, SharingProfile.Partner).Campaigns[0];
        Assert.Matches("^[0-9]{1,2}0*$", campaign.Scale.Exchanges.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(0, campaign.Scale.FirstAt.Ticks % TimeSpan.TicksPerHour);
        Assert.All(campaign.Timeline, static step => Assert.Equal(0, step.At.Ticks % TimeSpan.TicksPerHour));
        Assert.Equal(campaign.Timeline.Length, campaign.Timeline.DistinctBy(static step => step.At).Count());
    }

    [Fact]
    public void Evidence_OfAnotherFact_HasAnotherHash()
    {
        var report = Incidents.ReportOf(3);
        Assert.Equal(report.EvidenceHash, Incidents.ReportOf(3).EvidenceHash);
        Assert.NotEqual(report.EvidenceHash, Incidents.ReportOf(4).EvidenceHash);
    }

    private static string[] IdentifiersOf(IncidentReport report) => report.Campaigns
        .SelectMany(static campaign => campaign.Accounts.Select(static account => account.Id)
            .Concat(campaign.Keys.Select(static key => key.Value)).Append(campaign.Id))
        .Append(report.Id).Append(report.EvidenceHash).ToArray();

    // JSON may write a character as an escape: both spellings are looked through.
    private static string TextOf(string format, IncidentReport report) => TextExtraction.Of(format, Incidents.Write(format, report));
}
