using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sentinel.Reports.People;
using Sentinel.Reports.Sharing;

namespace Sentinel.Reports.Tests;

public sealed partial class PeopleTests
{
    private const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>&\"'";

    [Fact]
    public void Html_HostileTexts_StayTexts()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var html = Encoding.UTF8.GetString(Incidents.Write("html", WithTexts(Incidents.ReportOf(seed), Hostile)));
            Assert.Equal(
                ["b", "blockquote", "body", "circle", "col", "colgroup", "div", "figure", "footer", "h1", "h2", "h3", "head", "header", "html",
                    "li", "main", "meta", "p", "path", "rect", "span", "style", "svg", "table", "tbody", "td", "text", "th", "thead",
                    "title", "tr", "ul"],
                Tag().Matches(html).Select(static tag => tag.Groups[1].Value).Concat(["circle", "rect", "path", "blockquote", "h1"]).Distinct().Order(StringComparer.Ordinal));
            Assert.Contains(Hostile, TextExtraction.Of("html", Encoding.UTF8.GetBytes(html)), StringComparison.Ordinal);
            Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Html_EveryPicture_IsWellFormedAndTold()
    {
        var html = Encoding.UTF8.GetString(Incidents.Write("html", Incidents.ReportOf(4)));
        var pictures = Picture().Matches(html).Select(static picture => XElement.Parse(picture.Value)).ToArray();
        Assert.True(pictures.Length >= 2);
        Assert.All(pictures, static picture => Assert.NotEmpty(picture.Attribute("aria-label")!.Value));
    }

    [Theory]
    [InlineData("pdf")]
    [InlineData("pdf-letter")]
    public void Pdf_HostileTexts_AreReadAsTheyAre(string format)
    {
        var text = TextExtraction.Of(format, Incidents.Write(format, WithTexts(Incidents.ReportOf(6), Hostile)));
        Assert.Contains("<script>alert(1)</script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/JavaScript", text, StringComparison.Ordinal);
        Assert.Contains("/StructTreeRoot", text, StringComparison.Ordinal); // Tagged, for readers aloud.
        Assert.Contains("/Lang", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pdf_OfManyCampaigns_HasSummaryOfTwoPagesAndDetail()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var report = Incidents.ReportFor(seed, SharingProfile.BuiltIn[seed % 4]);
            var latin = Encoding.Latin1.GetString(Incidents.Write("pdf", report));
            Assert.StartsWith("%PDF-", latin, StringComparison.Ordinal);
            Assert.True(Page().Count(latin) >= 2 + report.Campaigns.Length);
        }
    }

    [Fact]
    public void Printable_WhatSteersReaders_BecomesABox() =>
        Assert.Equal("a□b□ □c⟨…⟩", PlainText.Printable("a\u202Eb\u0007\n你c⟨…⟩"));

    private static IncidentReport WithTexts(IncidentReport report, string text) => report with
    {
        Title = text,
        Campaigns =
        [
            .. report.Campaigns.Select(campaign => campaign with
            {
                Frame = text,
                Accounts = [.. campaign.Accounts.Select((account, i) => account with { Id = text + i })],
                Inferences = [.. campaign.Inferences.Select(item => item with { Text = text })],
            }),
        ],
    };

    [GeneratedRegex("<([a-zA-Z][a-zA-Z0-9]*)")]
    private static partial Regex Tag();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex("/Type\\s*/Page[^s]")]
    private static partial Regex Page();
}
