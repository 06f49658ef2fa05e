using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Api.Console.Drawing;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what the page of a campaign shows out of what was read. Pure.</summary>
internal static class CampaignViews
{
    /// <summary>Members on one page.</summary>
    public const int MembersMax = 50;

    /// <summary>Examples side by side.</summary>
    public const int ExamplesMax = 3;

    private const int SimilarMax = 8;
    private const double SimilarMin = 0.35;

    /// <summary>What was read of a campaign.</summary>
    public sealed record Readings(
        CampaignDetail Detail, ImmutableArray<CampaignTie> Ties, CampaignActivity Activity, LinkKind ActivityBy,
        ImmutableArray<MaskedExample> Examples, ImmutableArray<CampaignSummary> Others, ImmutableArray<Workload> Workloads,
        ImmutableArray<TimeMark> Rulings);

    /// <summary>The view.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="members">Who belongs to it, riskiest first.</param>
    /// <param name="after">Where the page of members begins, or null for the first.</param>
    public static CampaignView Of(Readings read, ImmutableArray<CampaignMember> members, string? after)
    {
        var campaign = read.Detail.Campaign;
        var page = MemberPage.Of(members, after, MembersMax);
        var examples = ExampleMatch.Compare([.. read.Examples.Select(static one => one.Text)]);
        return new CampaignView(
            campaign,
            HeadlineOf(campaign.Accounts.Length, campaign.AbuseTypes, campaign.Links, campaign.Exchanges),
            HarvestText.Of(campaign.AbuseTypes),
            [.. read.Examples.Select((one, i) => new ExampleView(one, examples[i]))],
            GraphOf(read.Detail.Members, read.Ties, campaign.Links),
            TimelineOf(campaign, read),
            [.. campaign.Links.Where(static link => HarvestText.IsFact(link.Kind)).Select(FactOf)],
            [
                .. campaign.Reasons.Select(static one => new ReasonView(one.Code, one.Summary, one.Weight)),
                .. campaign.Links.Where(static link => !HarvestText.IsFact(link.Kind))
                    .Select(static link => new ReasonView($"tie.{LinkKinds.Names[(int)link.Kind]}", FactOf(link).Text, link.Strength)),
            ],
            InnocentExplanations.Of(campaign, TouchedBy(campaign, read.Workloads)),
            page.Members,
            members.Length,
            page.Before,
            page.Next,
            SimilarTo(campaign, read.Others),
            read.Activity.Steps.IsEmpty ? campaign.FirstDetectedAt : read.Activity.Steps[0].At,
            read.Activity.Steps.IsEmpty ? campaign.At : read.Activity.Steps[^1].At + read.Activity.Step);
    }

    /// <summary>A campaign in one sentence.</summary>
    public static string HeadlineOf(
        int accounts, ImmutableArray<AbuseType> types, ImmutableArray<CampaignLink> links, long exchanges)
    {
        var ties = And([.. links.Take(3).Select(static link => HarvestText.Of(link.Kind))]);
        return $"{Shown.Count(accounts, "account", "accounts")} that share {(ties.Length > 0 ? ties : "no single key")} "
            + $"took {HarvestText.Of(types)} in {Shown.Count(exchanges, "exchange", "exchanges")}.";
    }

    /// <summary>The kind whose keys tell groups within a campaign apart best: of several keys the most used kind.</summary>
    public static LinkKind GroupingOf(ImmutableArray<CampaignTie> ties) => ties
        .GroupBy(static tie => tie.Kind)
        .Where(static kind => kind.Count() > 1)
        .OrderByDescending(static kind => kind.Key is LinkKind.Payment or LinkKind.Device or LinkKind.Phone)
        .ThenByDescending(static kind => kind.Sum(static tie => tie.Users.Length))
        .Select(static kind => kind.Key)
        .FirstOrDefault(LinkKind.Payment);

    /// <summary>Declared workloads that name an account of a campaign.</summary>
    public static ImmutableArray<Workload> TouchedBy(Campaign campaign, ImmutableArray<Workload> workloads)
    {
        var accounts = campaign.Accounts.ToHashSet(StringComparer.Ordinal);
        return [.. workloads.Where(one => !one.IsWithdrawal && one.Accounts.Any(accounts.Contains))];
    }

    /// <summary>What reviewers did, as marks of a timeline.</summary>
    public static ImmutableArray<TimeMark> MarksOf(ImmutableArray<CaseEvent> history) =>
    [
        .. history.Select(static one => one.Change switch
        {
            CaseRuled ruled => new TimeMark(
                one.At, CaseWords.IsRestrictive(ruled.Ruling.Kind) ? "ban" : "release",
                AccountGraph.Spaced(CaseWords.Of(ruled.Ruling.Kind))),
            RulingUndone => new TimeMark(one.At, "release", "undone"),
            _ => null,
        }).OfType<TimeMark>(),
    ];

    private static FactView FactOf(CampaignLink link) => new(
        LinkKinds.Names[(int)link.Kind],
        $"{Shown.Count(link.Accounts)} of its accounts have {HarvestText.Of(link.Kind)} in common with another",
        link.Strength);

    private static GraphDrawing GraphOf(
        ImmutableArray<CampaignMember> members, ImmutableArray<CampaignTie> ties, ImmutableArray<CampaignLink> links)
    {
        var places = members.Select(static (member, i) => (member.AccountId, i))
            .ToDictionary(static one => one.AccountId, static one => one.i, StringComparer.Ordinal);
        return AccountGraph.Draw(
            [.. members.Select(static one => new GraphMember(one.AccountId, WireNames.Of(one.Level), one.Risk))],
            [
                .. ties.Select(tie => new GraphKey(
                    LinkKinds.Names[(int)tie.Kind],
                    Shown.Key(tie.Key),
                    WeightOf(tie, links),
                    [.. tie.Users.Where(places.ContainsKey).Select(user => places[user]).Order()])),
            ]);
    }

    // The campaign says how surprising a kind of tie is; kinds that it does not name weigh next to nothing.
    private static double WeightOf(CampaignTie tie, ImmutableArray<CampaignLink> links) =>
        links.FirstOrDefault(link => link.Kind == tie.Kind)?.Strength ?? 0.1;

    private static ChartDrawing TimelineOf(Campaign campaign, Readings read)
    {
        var ties = read.Activity.Steps.Select(static step => step.Tie).Distinct().Count();
        return TimelineChart.Draw(
            new ChartBox(960, 210),
            read.Activity.Step,
            [
                .. read.Activity.Steps.Select(step => new GroupStep(
                    step.At,
                    ties == 1 ? "all accounts"
                        : step.Tie == 0 ? $"no {Spaced(read.ActivityBy)}" : $"{Spaced(read.ActivityBy)} {Shown.Key(step.Tie)}",
                    step.Exchanges)),
            ],
            [
                new TimeMark(campaign.FirstDetectedAt, "found", "first reported"),
                .. read.Rulings,
            ]);
    }

    private static string And(ImmutableArray<string> parts) => parts.Length < 2
        ? string.Concat(parts)
        : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";

    private static string Spaced(LinkKind kind) => AccountGraph.Spaced(LinkKinds.Names[(int)kind]);

    private static ImmutableArray<SimilarView> SimilarTo(Campaign campaign, ImmutableArray<CampaignSummary> others)
    {
        var words = WordsOf(campaign.Template);
        return
        [
            .. others.Where(other => other.Id != campaign.Id)
                .Select(other => (other, why: WhyAlike(campaign, words, other)))
                .Where(static pair => pair.why.Length > 0)
                .Take(SimilarMax)
                .Select(static pair => new SimilarView(
                    pair.other.Id, pair.other.AccountCount, pair.why, pair.other.FirstDetectedAt)),
        ];
    }

    private static string WhyAlike(Campaign campaign, HashSet<string> words, CampaignSummary other)
    {
        if (campaign.Reasons.Any(one => one.Code == "successor.campaign" && one.Summary.Contains(
            $" {other.Id} ", StringComparison.Ordinal)))
        {
            return "its predecessor";
        }

        var theirs = WordsOf(other.Template);
        var union = words.Union(theirs, StringComparer.Ordinal).Count();
        var alike = union == 0 ? 0 : (double)words.Intersect(theirs, StringComparer.Ordinal).Count() / union;
        return alike >= SimilarMin
            ? string.Create(CultureInfo.InvariantCulture, $"{alike:P0} of the words of both frames")
            : "";
    }

    private static HashSet<string> WordsOf(string? template) => (template ?? "")
        .Split([' ', '⏎', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .Where(static word => word.Length > 2)
        .Select(static word => word.ToUpperInvariant())
        .ToHashSet(StringComparer.Ordinal);
}
