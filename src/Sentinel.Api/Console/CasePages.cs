using System.Collections.Immutable;
using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Parts;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Findings;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Console;

/// <summary>The queue, cases, and what a ruling would do.</summary>
internal static class CasePages
{
    private const string Waiting = "waiting";

    private static readonly ImmutableArray<(string Show, string Text)> Shows =
    [
        (Waiting, "Waiting"), ("mine", "Mine"), ("given", "Given to me"), ("proposed", "For a second person"),
        ("appealed", "Appeals"), ("decided", "Decided"),
    ];

    public static async Task<IResult> QueueAsync(
        HttpContext http, [AsParameters] QueueAsked asked, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var reader = ReviewGate.ReviewerOf(http);
        var view = await ReadQueueAsync(asked, reader, mediator, cancel);
        if (asked.Last is { Length: > 0 } last)
        {
            var found = await mediator.Send(new GetCase.Query(reader, last), cancel);
            view = view with { Last = found.IsDone ? CaseViews.Of(found.Value!, reader, clock.GetUtcNow()) : null };
        }

        return ConsoleEndpoints.Page<QueuePage>(
            ConsoleShell.Of(http, "Queue", "queue"), view, ("CanWork", reader.May(Permit.Rule)),
            ("CanApprove", reader.May(Permit.Approve)));
    }

    public static async Task<IResult> QueueRowsAsync(
        HttpContext http, [AsParameters] QueueAsked asked, IMediator mediator, CancellationToken cancel)
    {
        var reader = ReviewGate.ReviewerOf(http);
        var view = await ReadQueueAsync(asked, reader, mediator, cancel);
        var tag = $"\"{view.Version}\"";
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch == tag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : new RazorComponentResult<QueueTable>(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["View"] = view,
                ["Shell"] = ConsoleShell.Of(http, "Queue", "queue"),
                ["CanWork"] = reader.May(Permit.Rule),
            })
            { PreventStreamingRendering = true };
    }

    public static async Task<IResult> CaseAsync(
        string id, HttpContext http, [FromQuery] string? after, IMediator mediator, [FromServices] FindingDesk findings,
        CancellationToken cancel)
    {
        var found = await mediator.Send(new GetCase.Query(ReviewGate.ReviewerOf(http), id), cancel);
        return !found.IsDone
            ? ConsoleEndpoints.Message(http, CaseForms.StatusOf(found.Status), "There is no such case", found.Detail)
            : found.Value!.State.Kind == CaseKind.Campaign
                ? await findings.CampaignAsync(http, found.Value.State.Subject, after, found.Value, cancel)
                : await findings.AccountAsync(http, found.Value.State.Subject, found.Value, revealed: null, cancel);
    }

    public static async Task<IResult> DecideAsync(
        string id, HttpContext http, [FromQuery] string? ruling, [FromQuery] string? from, IMediator mediator,
        CancellationToken cancel)
    {
        var kind = CaseWords.Rulings.Contains(ruling ?? "") ? ruling! : "block";
        return await DecideAgainAsync(
            id, http, new WishedView(kind, "", "", 0, CameFrom.QueueOf(from)), StatusCodes.Status200OK, "", [], mediator, cancel);
    }

    /// <summary>The form with what was typed, and what is in the way.</summary>
    public static async Task<IResult> DecideAgainAsync(
        string id, HttpContext http, WishedView wished, int status, string fault, ImmutableArray<CaseEvent> since,
        IMediator mediator, CancellationToken cancel)
    {
        var reader = ReviewGate.ReviewerOf(http);
        var found = await mediator.Send(new GetCase.Query(reader, id), cancel);
        if (!found.IsDone)
        {
            return ConsoleEndpoints.Message(http, CaseForms.StatusOf(found.Status), "There is no such case", found.Detail);
        }

        var shell = ConsoleShell.Of(http, "Decide", "queue");
        var kind = Math.Max(0, CaseWords.Rulings.IndexOf(wished.Kind));
        var effect = await mediator.Send(new PreviewRuling.Query(reader, id, (RulingKind)kind, Until: null), cancel);
        var findings = (StoredFindings)http.RequestServices.GetService(typeof(StoredFindings))!;
        var all = (await findings.Status.CountAsync(cancel)).Exchanges;
        return ConsoleEndpoints.Page<DecidePage>(
            status,
            shell,
            new DecideView(
                CaseViews.Of(found.Value!, reader, shell.Now),
                found.Value!.State.Facts.Headline,
                fault.Length > 0 ? wished : Suggest(wished, found.Value),
                effect.Value is not { } would ? null : new EffectView(
                    would.Accounts, would.Exchanges, all == 0 ? 0 : Math.Min(1, (double)would.Exchanges / all),
                    would.WorkloadAccounts, would.NeedsSecond, would.UndoUntil),
                fault,
                [.. since.Select(CaseViews.Of)]));
    }

    /// <summary>What a page shows of a case beside the finding.</summary>
    public static (string Name, object Value)[] PartsOf(ShellView shell, CaseView view) =>
    [
        ("CasePart", (RenderFragment)(builder =>
        {
            builder.OpenComponent<CasePanel>(0);
            builder.AddComponentParameter(1, nameof(CasePanel.Shell), shell);
            builder.AddComponentParameter(2, nameof(CasePanel.Case), view);
            builder.CloseComponent();
        })),
        ("HistoryPart", (RenderFragment)(builder =>
        {
            builder.OpenComponent<CaseHistory>(0);
            builder.AddComponentParameter(1, nameof(CaseHistory.Case), view);
            builder.CloseComponent();
        })),
    ];

    // What the machine found is a beginning; who decides reads it, and changes it where it is not what they mean.
    private static WishedView Suggest(WishedView wished, CaseDetail detail)
    {
        var types = detail.State.Facts.AbuseTypes;
        return wished with
        {
            Reason = wished.Kind is "dismiss" or "allow_until"
                ? "Looked at the evidence: what they do has an innocent explanation."
                : detail.State.Facts.Headline,
            Policy = types.IsEmpty ? "terms-of-service" : $"no-{WireNames.Of(types[0]).Replace('_', '-')}",
        };
    }

    private static async Task<QueueView> ReadQueueAsync(
        QueueAsked asked, Reviewer reader, IMediator mediator, CancellationToken cancel)
    {
        var filter = asked.ToFilter();
        var sort = filter.Sort switch { "oldest" => CaseSort.Oldest, "newest" => CaseSort.Newest, _ => CaseSort.Priority };
        var abuse = WireNames.AbuseTypes.IndexOf(filter.Abuse);
        var which = new CaseFilter
        {
            IsWaiting = filter.Show is "decided" ? false : filter.Show is Waiting ? true : null,
            Stage = filter.Show == "appealed" ? CaseStage.Appealed : null,
            ClaimedBy = filter.Show == "mine" ? reader.Id : null,
            AssignedTo = filter.Show == "given" ? reader.Id : null,
            Tag = filter.Tag.Length > 0 ? filter.Tag : null,
            IsProposed = filter.Show == "proposed",
            Kind = filter.Kind switch { "campaign" => CaseKind.Campaign, "account" => CaseKind.Account, _ => null },
            Abuse = abuse < 0 ? null : (AbuseType)abuse,
        };
        var page = await mediator.Send(
            new ListCases.Query(reader, which, sort, CaseCursor.TryParse(asked.Cursor, out _) ? asked.Cursor : null, ListCases.LimitDefault),
            cancel);
        var now = page.Value?.At ?? default;
        var here = "/console/queue?" + asked.QueryOf(filter.Show, asked.Cursor);
        ImmutableArray<QueueRow> rows = page.IsDone
            ? WithNext([.. page.Value!.Cases.Select(one => CaseViews.RowOf(one, now))], here)
            : [];
        var views = await mediator.Send(new ListViews.Query(reader), cancel);
        var kept = views.IsDone ? views.Value : [];
        return new QueueView(
            rows,
            [
                .. Shows.Select(one => new QueueLink(
                    one.Text, "/console/queue?" + asked.QueryOf(show: one.Show, cursor: null), one.Show == filter.Show)),
                .. kept.Select(one => new QueueLink(
                    one.Name, "/console/queue?" + one.Query.TrimStart('?'),
                    one.Query.TrimStart('?') == asked.QueryOf(filter.Show, cursor: null))
                {
                    IsKept = true,
                }),
            ],
            filter,
            page.Value?.NextCursor is { } next ? "/console/queue?" + asked.QueryOf(filter.Show, next) : "",
            "/console/queue/rows?" + asked.QueryOf(filter.Show, asked.Cursor),
            VersionOf(rows),
            Last: null)
        {
            Here = here,
            At = asked.At ?? "",
            Query = asked.QueryOf(filter.Show, cursor: null),
        };
    }

    // Whoever decides a case comes back to this page, to the case after it: the last one leads to the one before.
    private static ImmutableArray<QueueRow> WithNext(ImmutableArray<QueueRow> rows, string here) =>
    [
        .. rows.Select((row, i) => row with
        {
            From = rows.Length < 2 ? here : CameFrom.At(here, rows[i + 1 < rows.Length ? i + 1 : i - 1].Id),
        }),
    ];

    private static string VersionOf(ImmutableArray<QueueRow> rows)
    {
        const int Letters = 16;
        var text = string.Join('\n', rows.Select(static row => string.Create(
            CultureInfo.InvariantCulture, $"{row.Id} {row.Version} {row.Stage} {row.Claimer} {row.Accounts} {row.Exchanges}")));
        return Digest.HexOf(text, Letters);
    }
}

/// <summary>What the queue's address says.</summary>
internal sealed record QueueAsked(
    [FromQuery] string? Show, [FromQuery] string? Kind, [FromQuery] string? Abuse, [FromQuery] string? Sort,
    [FromQuery] string? Cursor, [FromQuery] string? Last, [FromQuery] string? Tag, [FromQuery] string? At)
{
    private const int TagMax = 50;


    /// <summary>The same, with what was left out.</summary>
    public QueueFilter ToFilter() => new(
        Show is "mine" or "given" or "proposed" or "appealed" or "decided" ? Show : "waiting",
        Kind is "campaign" or "account" ? Kind : "",
        Abuse is { Length: > 0 } && WireNames.AbuseTypes.Contains(Abuse) ? Abuse : "",
        Sort is "oldest" or "newest" ? Sort : "priority",
        Tag is { Length: <= TagMax } ? Tag.Trim() : "");

    /// <summary>The query of an address.</summary>
    public string QueryOf(string show, string? cursor)
    {
        var filter = ToFilter();
        var query = $"show={show}&kind={filter.Kind}&abuse={filter.Abuse}&sort={filter.Sort}"
            + (filter.Tag.Length > 0 ? $"&tag={Uri.EscapeDataString(filter.Tag)}" : "");
        return cursor is { Length: > 0 } ? $"{query}&cursor={Uri.EscapeDataString(cursor)}" : query;
    }
}
