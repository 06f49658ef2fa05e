using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Console.Views;

/// <summary>
/// What would explain a campaign innocently, and what was found that speaks for or against it. Nothing is judged anew: each
/// outcome rests on a stored reason or on a declaration; what neither speaks to stays open.
/// </summary>
internal static class InnocentExplanations
{
    private const string For = "for";
    private const string Against = "against";
    private const string Open = "open";

    /// <summary>The explanations, in the order in which an analyst should try them.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="touched">Declared workloads that name accounts of it.</param>
    public static ImmutableArray<ExplanationView> Of(Campaign campaign, ImmutableArray<Workload> touched) =>
    [
        touched.IsEmpty
            ? new ExplanationView("A verified workload", Against, "No declaration names any of its accounts.")
            : new ExplanationView(
                "A verified workload", For,
                $"{string.Join(", ", touched.Select(static one => one.Id).Take(5))} names accounts of it: look there first."),
        Has(campaign, "pool.")
            ? new ExplanationView(
                "One organisation, or its gateway", Against,
                "Its accounts share an instrument of identity and have no organisation, network or mail domain in common.")
            : new ExplanationView(
                "One organisation, or its gateway", Open, "Whether the accounts belong together was not found out."),
        Has(campaign, "pool.likeness")
            ? new ExplanationView(
                "Customers of one reseller", Against, "They ask for the same thing, far more alike than strangers do.")
            : new ExplanationView(
                "Customers of one reseller", Open, "How alike they ask says neither; look at the examples side by side."),
        Has(campaign, "campaign.company")
            ? new ExplanationView(
                "One tool or public benchmark that many use", Against,
                "Of those who regularly send the frame far more are flagged for something else than of any tool's users, and its content is "
                + "not ordinary.")
            : Ties(campaign, LinkKind.Template) && OnlyContent(campaign)
            ? new ExplanationView(
                "One tool or public benchmark that many use", Open,
                "The frame alone ties them: anybody who runs the same tool sends it.")
            : new ExplanationView(
                "One tool or public benchmark that many use", Against, "More than the frame ties them."),
        Ties(campaign, LinkKind.Timing)
            ? new ExplanationView(
                "A nightly job", Open, "One steady pace is what a scheduler does too; see the hours in the timeline.")
            : new ExplanationView("A nightly job", Open, "No common pace was found, and none is needed for it."),
    ];

    private static bool Has(Campaign campaign, string code) =>
        campaign.Reasons.Any(reason => reason.Code.StartsWith(code, StringComparison.Ordinal));

    private static bool Ties(Campaign campaign, LinkKind kind) => campaign.Links.Any(link => link.Kind == kind);

    private static bool OnlyContent(Campaign campaign) =>
        campaign.Links.All(static link => link.Kind is LinkKind.Template or LinkKind.Content);
}
