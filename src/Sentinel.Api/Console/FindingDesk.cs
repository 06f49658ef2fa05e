using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Findings;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Queries;
using CampaignPage = Sentinel.Api.Console.Pages.CampaignPage;

namespace Sentinel.Api.Console;

/// <summary>
/// Reads what the pages of a campaign and of an account show. What customers wrote is masked before it is put into a page.
/// Thread-safe.
/// </summary>
internal sealed class FindingDesk(StoredFindings findings, WorkloadsInForce workloads, DetectionPolicy policy)
{
    private const int OthersMax = 200;
    private const int ExamplesRead = 12; // More than are shown: what they share is told by all of them.
    private const int IdMax = 256;

    /// <summary>The page of a campaign, with its case where there is one.</summary>
    public async Task<IResult> CampaignAsync(
        HttpContext http, string campaign, int page, CaseDetail? about, CancellationToken cancel)
    {
        if (campaign.Length > IdMax || (about?.Campaign ?? await findings.FindCampaignAsync(campaign, cancel)) is not { } found)
        {
            return ConsoleEndpoints.Message(
                http, StatusCodes.Status404NotFound, "There is no such campaign", "No campaign of this id was ever reported.");
        }

        var pictures = findings.Pictures;
        var examples = pictures.ListExamplesAsync(campaign, ExamplesRead, cancel);
        var others = findings.ListCampaignsAsync(OthersMax, after: null, cancel);
        var ties = await pictures.ListTiesAsync(campaign, cancel);
        var by = CampaignViews.GroupingOf(ties);
        var activity = await pictures.ReadActivityAsync(campaign, by, cancel);
        var read = new CampaignViews.Readings(
            found, ties, activity, by, Masked(await examples), (await others).Campaigns, workloads.Current.Workloads,
            CampaignViews.MarksOf(about?.History ?? []));
        var shell = ConsoleShell.Of(http, campaign, "queue");
        return ConsoleEndpoints.Page<CampaignPage>(
            shell, CampaignViews.Of(read, page), about is null ? [] : CasePages.PartsOf(shell, ViewOf(http, about, shell)));
    }

    /// <summary>The page of an account, with its case where there is one, and its words where they were revealed.</summary>
    public async Task<IResult> AccountAsync(
        HttpContext http, string account, CaseDetail? about, AccountExcerpts? revealed, CancellationToken cancel)
    {
        if (account.Length > IdMax || (about?.Account ?? await findings.FindAccountAsync(account, cancel)) is not { } found)
        {
            return ConsoleEndpoints.Message(
                http, StatusCodes.Status404NotFound, "There is no such account",
                "No exchange of an account of this id was ever taken.");
        }

        var pictures = findings.Pictures;
        var concluded = pictures.ListConclusionsAsync(account, AccountViews.ConclusionsMax, cancel);
        var exchanges = pictures.ListExchangesAsync(account, AccountViews.RowsMax, cancel);
        var week = pictures.CountWeekHoursAsync(account, cancel);
        var decisions = findings.ListDecisionsAsync(account, AccountViews.RowsMax, cancel);
        var kept = await exchanges;
        var view = AccountViews.Of(
            found, await concluded, revealed is null ? Masked(kept) : kept, await week, await decisions, policy) with
        {
            IsRevealed = revealed is not null,
        };
        var shell = ConsoleShell.Of(http, account, "queue");
        return ConsoleEndpoints.Page<AccountPage>(
            shell,
            view,
            [
                ("CanReveal", ReviewGate.ReviewerOf(http).May(Permit.Reveal)),
                .. about is null ? [] : CasePages.PartsOf(shell, ViewOf(http, about, shell)),
            ]);
    }

    private static CaseView ViewOf(HttpContext http, CaseDetail about, ShellView shell) =>
        CaseViews.Of(about, ReviewGate.ReviewerOf(http), shell.Now);

    private static ImmutableArray<MaskedExample> Masked(ImmutableArray<MaskedExample> examples)
    {
        var masked = ExcerptMask.Mask([.. examples.Select(static (one, i) => new ExcerptRow(one.At, 0, i, one.Harvest, one.Text))]);
        return [.. examples.Select((one, i) => one with { Text = masked[i].Text }).Take(CampaignViews.ExamplesMax)];
    }

    private static ImmutableArray<KeptExchange> Masked(ImmutableArray<KeptExchange> exchanges)
    {
        var texts = exchanges.Where(static one => one.Excerpt.Length > 0)
            .Select(static (one, i) => new ExcerptRow(one.At, 0, i, one.Harvest, one.Excerpt)).ToImmutableArray();
        var masked = ExcerptMask.Mask(texts);
        var next = 0;
        return [.. exchanges.Select(one => one.Excerpt.Length == 0 ? one : one with { Excerpt = masked[next++].Text })];
    }
}
