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
internal sealed class FindingDesk(
    StoredFindings findings, WorkloadsInForce workloads, DetectionPolicy policy, PeopleBook people)
{
    private const int OthersMax = 200;
    private const int ExamplesRead = 12; // More than are shown: what they share is told by all of them.
    private const int IdMax = 256;
    private const int ColleaguesMax = 200;

    /// <summary>The page of a campaign, with its case where there is one.</summary>
    public async Task<IResult> CampaignAsync(
        HttpContext http, string campaign, string? after, CaseDetail? about, CancellationToken cancel)
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
        var view = CampaignViews.Of(read, MembersOf(found, about), after);
        if (about is null)
        {
            return ConsoleEndpoints.Page<CampaignPage>(shell, view);
        }

        var seen = await ViewAsync(http, about, shell, cancel);
        return ConsoleEndpoints.Page<CampaignPage>(shell, view, [("Case", seen), .. CasePages.PartsOf(shell, seen)]);
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
                .. about is null ? [] : CasePages.PartsOf(shell, await ViewAsync(http, about, shell, cancel)),
            ]);
    }

    // Who works on cases can give one to whoever else does.
    private async Task<CaseView> ViewAsync(HttpContext http, CaseDetail about, ShellView shell, CancellationToken cancel)
    {
        var reader = ReviewGate.ReviewerOf(http);
        ImmutableArray<string> colleagues = reader.May(Permit.Work)
            ? [
                .. (await people.AllAsync(cancel)).Values
                    .Where(static one => !one.IsDisabled && PermissionTable.Allows((ReviewRole)one.Role, Permit.Work))
                    .Select(static one => one.Id).Order(StringComparer.Ordinal).Take(ColleaguesMax),
            ]
            : [];
        return CaseViews.Of(about, reader, shell.Now, colleagues);
    }

    // Those of the case where there is one: people took some out, and others came from other cases.
    private static ImmutableArray<CampaignMember> MembersOf(CampaignDetail found, CaseDetail? about)
    {
        if (about is null)
        {
            return found.Members;
        }

        var rest = about.Members.ToHashSet(StringComparer.Ordinal);
        ImmutableArray<CampaignMember> known = [.. found.Members.Where(one => rest.Remove(one.AccountId))];
        return [.. known, .. rest.Select(static one => new CampaignMember(one, default, 0))];
    }

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
