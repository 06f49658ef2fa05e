using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports.People;

/// <summary>A part of a report for people, in the order in which it is read. HTML and PDF are two ways to set it.</summary>
internal abstract record ReportBlock
{
    private ReportBlock()
    {
    }

    /// <summary>A heading; level 1 is the report's own.</summary>
    public sealed record Heading(int Level, string Text) : ReportBlock;

    /// <summary>A paragraph.</summary>
    public sealed record Paragraph(string Text, bool IsQuiet = false) : ReportBlock;

    /// <summary>A text as it was found, set apart.</summary>
    public sealed record Quotation(string Text) : ReportBlock;

    /// <summary>Large numbers side by side.</summary>
    public sealed record Figures(ImmutableArray<(string Number, string Caption)> Items) : ReportBlock;

    /// <summary>A picture.</summary>
    public sealed record Picture(Func<double, Drawing> Draw) : ReportBlock;

    /// <summary>A list.</summary>
    public sealed record Bullets(ImmutableArray<string> Texts) : ReportBlock;

    /// <summary>A table; widths are shares of the whole.</summary>
    public sealed record Table(
        ImmutableArray<string> Head, ImmutableArray<double> Widths, ImmutableArray<ImmutableArray<string>> Rows) : ReportBlock;

    /// <summary>What follows begins a page.</summary>
    public sealed record Break : ReportBlock;
}

/// <summary>Composes a report for people: two pages of summary, then the detail of each campaign.</summary>
internal static class ReportPages
{
    private const int RowsMax = 200;
    private const int SummaryRowsMax = 10;

    public static IEnumerable<ReportBlock> Of(IncidentReport report)
    {
        yield return new ReportBlock.Heading(1, report.Title);
        yield return new ReportBlock.Paragraph(
            $"{report.Question} Written {ReportWords.Time(report.WrittenAt)} by {report.Handling.Publisher}. "
            + $"Use until {ReportWords.Day(report.Handling.ExpiresAt)}.", IsQuiet: true);
        if (report.Campaigns.IsEmpty)
        {
            yield return new ReportBlock.Paragraph("No campaign answers this question.");
            yield break;
        }

        foreach (var block in Summary(report).Concat(report.Campaigns.SelectMany(Detail)).Concat(Method(report)))
        {
            yield return block;
        }
    }

    private static IEnumerable<ReportBlock> Summary(IncidentReport report)
    {
        var first = report.Campaigns[0];
        yield return new ReportBlock.Figures(
        [
            (ReportWords.Short(report.Campaigns.Sum(static item => item.Scale.Accounts)), "accounts"),
            (ReportWords.Short(report.Campaigns.Sum(static item => item.Scale.Exchanges)), "exchanges"),
            (ReportWords.Short(report.Campaigns.Sum(static item => item.Scale.OutputTokens)), "output tokens taken"),
            (ReportWords.Percent(first.Risk * 100),
                report.Campaigns.Length > 1 ? "confidence in the riskiest" : "confidence of the judge"),
        ]);
        yield return new ReportBlock.Heading(2, "What happened");
        yield return new ReportBlock.Paragraph(Story(first, report.Campaigns.Length));
        yield return new ReportBlock.Heading(2, Of("When"));
        yield return new ReportBlock.Picture(width => Charts.Timeline(first, width, width * 0.30));
        if (!first.Harvested.IsEmpty)
        {
            yield return new ReportBlock.Heading(2, Of("What was harvested"));
            yield return new ReportBlock.Picture(width => Charts.Harvest(first, width));
        }

        if (report.Campaigns.Length > 1)
        {
            yield return new ReportBlock.Heading(2, "Campaigns in this report");
            yield return new ReportBlock.Table(
                ["Campaign", "Accounts", "Exchanges", "Confidence", "Kinds"], [0.2, 0.13, 0.17, 0.15, 0.35],
                [
                    .. report.Campaigns.Take(SummaryRowsMax).Select(static item => ImmutableArray.Create(
                        item.Id, ReportWords.Number(item.Scale.Accounts), ReportWords.Number(item.Scale.Exchanges),
                        ReportWords.Percent(item.Risk * 100), Kinds(item))),
                ]);
        }

        yield return new ReportBlock.Break();
        yield return new ReportBlock.Heading(2, Of("How its accounts hang together"));
        if (first.Keys.IsEmpty)
        {
            yield return new ReportBlock.Paragraph("Its accounts share no key that may be told here.");
        }
        else
        {
            yield return new ReportBlock.Picture(width => Charts.Graph(first, width, width * 0.42));
            yield return new ReportBlock.Table(
                ["Shared", "By accounts", "Of all that use it", "Since"], [0.4, 0.18, 0.2, 0.22],
                [
                    .. first.Keys.Take(SummaryRowsMax).Select(static key => ImmutableArray.Create(
                        ReportWords.Of(key.Kind), ReportWords.Number(key.Members), ReportWords.Number(key.AllAccounts),
                        ReportWords.Time(key.FirstAt))),
                ]);
        }

        yield return new ReportBlock.Heading(2, Of("What was done"));
        yield return first.Answers.IsEmpty
            ? new ReportBlock.Paragraph("No answer of a gateway about its accounts is on record.")
            : new ReportBlock.Bullets([.. first.Answers.Select(static answer =>
                $"{WireNames.Of(answer.Action)}: about {ReportWords.Number(answer.Answers)} requests of "
                + $"{ReportWords.Number(answer.Accounts)} accounts, {ReportWords.Time(answer.FirstAt)} to "
                + $"{ReportWords.Time(answer.LastAt)}.")]);
        yield return new ReportBlock.Heading(2, "Read this with care");
        yield return new ReportBlock.Paragraph(
            "What was counted and what was concluded are kept apart in the detail that follows. The report says what accounts "
            + "did; it says nothing about who is behind them, and breaking terms of service is another finding than a false "
            + "identity. A shared key by itself convicts nobody.");

        string Of(string heading) => report.Campaigns.Length > 1 ? heading + " (the riskiest campaign)" : heading;
    }

    private static IEnumerable<ReportBlock> Detail(ReportedCampaign campaign)
    {
        yield return new ReportBlock.Break();
        yield return new ReportBlock.Heading(2, campaign.Name);
        yield return new ReportBlock.Heading(3, "Counted");
        yield return new ReportBlock.Bullets([.. campaign.Facts.Select(static fact => fact.Text)]);
        yield return new ReportBlock.Heading(3, "Concluded");
        yield return new ReportBlock.Table(
            ["Finding", "Confidence", "Evidence"], [0.68, 0.16, 0.16],
            [
                .. campaign.Inferences.Select(static item => ImmutableArray.Create(
                    ReportWords.Sentence(item.Text), ReportWords.Of(item.Confidence),
                    item.Nats.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " nats")),
            ]);
        if (campaign.Frame is { Length: > 0 } frame)
        {
            yield return new ReportBlock.Heading(3, "The instruction frame that they share");
            yield return new ReportBlock.Quotation(frame);
        }

        yield return new ReportBlock.Heading(3, "Techniques (MITRE ATLAS " + AtlasTechnique.Version + ")");
        yield return new ReportBlock.Table(
            ["Id", "Technique", "Tactic"], [0.2, 0.45, 0.35],
            [
                .. AtlasTechnique.Of(campaign).Select(static item =>
                    ImmutableArray.Create(item.Id, item.Name, item.Tactic)),
            ]);
        if (!campaign.Keys.IsEmpty)
        {
            yield return new ReportBlock.Heading(3, "Indicators");
            yield return new ReportBlock.Table(
                ["Kind", "Key", "Accounts"], [0.24, 0.62, 0.14],
                [
                    .. campaign.Keys.Take(RowsMax).Select(static key => ImmutableArray.Create(
                        ReportWords.Of(key.Kind), key.Value, ReportWords.Number(key.Members))),
                ]);
        }

        if (!campaign.Accounts.IsEmpty)
        {
            yield return new ReportBlock.Heading(3, "Accounts");
            yield return new ReportBlock.Paragraph(
                $"The {ReportWords.Number(Math.Min(RowsMax, campaign.Accounts.Length))} riskiest of "
                + $"{ReportWords.Number(campaign.Scale.Accounts)}; the tables of the export have all.", IsQuiet: true);
            yield return new ReportBlock.Table(
                ["Account", "Level", "Risk", "Exchanges", "Answer"], [0.44, 0.13, 0.12, 0.15, 0.16],
                [
                    .. campaign.Accounts.Take(RowsMax).Select(static account => ImmutableArray.Create(
                        account.Id, WireNames.Of(account.Level), ReportWords.Risk(account.Risk),
                        ReportWords.Number(account.Exchanges), WireNames.Of(account.Action))),
                ]);
        }
    }

    private static IEnumerable<ReportBlock> Method(IncidentReport report)
    {
        yield return new ReportBlock.Heading(2, "Versions, evidence and handling");
        yield return new ReportBlock.Bullets(
        [
            $"Program {report.ProgramVersion}; classifier "
                + string.Join(", ", report.Campaigns.SelectMany(static item => item.Models).Distinct()) + "; policy "
                + string.Join(", ", report.Campaigns.Select(static item => item.PolicyVersion).Distinct()) + ".",
            $"SHA-256 of the underlying evidence: {report.EvidenceHash}.",
            $"{ReportWords.Of(report.Handling.Tlp)}, profile {report.Handling.Profile}, use until "
                + $"{ReportWords.Day(report.Handling.ExpiresAt)}.",
            .. report.Handling.Changes,
        ]);
    }

    private static string Story(ReportedCampaign campaign, int count)
    {
        var scale = campaign.Scale;
        var kinds = campaign.AbuseTypes.IsEmpty ? "answers" : ReportWords.Harvest(campaign.AbuseTypes[0]);
        var more = count > 1 ? $" {count - 1} further campaigns are in this report." : "";
        var which = count > 1 ? "The riskiest campaign: " : "";
        return $"{which}{ReportWords.Number(scale.Accounts)} accounts acted as one and collected {kinds}. Within "
            + $"{ReportWords.Span(scale.LastAt - scale.FirstAt)} they made {ReportWords.Number(scale.Exchanges)} exchanges and "
            + $"took {ReportWords.Number(scale.OutputTokens)} tokens. The campaign was first reported after "
            + $"{ReportWords.Number(campaign.ExchangesAtDetection)} of them.{more}";
    }

    private static string Kinds(ReportedCampaign campaign) =>
        string.Join(", ", campaign.AbuseTypes.Take(2).Select(ReportWords.Of));
}
