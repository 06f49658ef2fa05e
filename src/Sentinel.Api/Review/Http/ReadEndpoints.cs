using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Accounts;
using Sentinel.Api.Campaigns;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>What is read: the queue, cases with their evidence, what a ruling would do, and labels.</summary>
internal static class ReadEndpoints
{
    private const string LabelsType = "application/x-ndjson";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/review");
        review.MapGet("/cases", ListAsync)
            .Says("ListCases", "Which cases wait?", "What matters first comes first: severity × volume × confidence. Filters and "
                + "the order are in the address, so that a view is an address.", Permit.View)
            .Produces<CaseListAnswer>();
        review.MapGet("/cases/{case}", FindAsync)
            .Says("GetCase", "What is a case about?", "The case, what happened to it, who belongs to it and what it rests on.", Permit.View)
            .Produces<CaseDetailAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        review.MapGet("/cases/{case}/preview", PreviewAsync)
            .Says("PreviewRuling", "What would a ruling do?", "Without doing it.", Permit.Rule)
            .Produces<PreviewAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        review.MapGet("/cases/{case}/graph", GraphAsync)
            .Says("GetCaseGraph", "How are the accounts of a case linked?", "The keys that several of them share, the most shared first.", Permit.View)
            .Produces<GraphAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        review.MapPost("/bulk", ManyAsync)
            .Says("RuleMany", "Rule on many cases", "Or undo, or agree to, many rulings. The limit above which a second person has to "
                + "agree counts the accounts of all. With dry_run nothing is done and told what would be.", Permit.RuleMany)
            .AddEndpointFilter<IdempotencyFilter>()
            .Produces<ManyAnswer>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        review.MapGet("/labels", LabelsAsync)
            .Says("ExportLabels", "Take rulings away as labels", "One JSON object a line: each ruling that stands, in the order of making, "
                + "at most 1,000; after and after_id of the last line begin the next page. On record.", Permit.Export)
            .Produces<string>(StatusCodes.Status200OK, LabelsType);
    }

    private static Task<IResult> ListAsync(
        HttpContext http,
        [Description("true: those that wait for somebody; false: those that do not. Both when absent.")] bool? waiting,
        [Description("open, claimed, decided, appealed or reopened.")] string? stage,
        [Description("campaign or account.")] string? kind,
        [Description("suspect or abusive.")] string? level,
        [Description("An abuse type.")] string? abuse,
        [Description("Given to this person.")] string? assigned,
        [Description("Claimed by this person now.")] string? claimed,
        [Description("Ruled on by this person.")] string? ruled,
        [Description("With this tag.")] string? tag,
        [Description("true: with a ruling that waits for a second person.")] bool? proposed,
        [Description("priority, newest, oldest or updated; priority when absent.")] string? sort,
        [Description("Cases in the page, 1 to 200; 50 when absent.")] int? limit,
        [Description("next_cursor of the page before.")] string? cursor)
    {
        if (!TryName(stage, CaseWords.Stages, out CaseStage? ofStage) || !TryName(kind, CaseWords.Kinds, out CaseKind? ofKind)
            || !TryName(level, WireNames.Levels, out VerdictLevel? ofLevel)
            || !TryName(abuse, WireNames.AbuseTypes, out AbuseType? ofAbuse)
            || !TryName(sort, ["priority", "newest", "oldest", "updated"], out CaseSort? order))
        {
            return Task.FromResult<IResult>(ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_filter", "A filter or the order names nothing that there is."));
        }

        var filter = new CaseFilter
        {
            IsWaiting = waiting,
            Stage = ofStage,
            Kind = ofKind,
            Level = ofLevel,
            Abuse = ofAbuse,
            AssignedTo = assigned,
            ClaimedBy = claimed,
            RuledBy = ruled,
            Tag = tag,
            IsProposed = proposed == true,
        };
        return ReviewHttp.SendAsync(
            http,
            new ListCases.Query(
                ReviewGate.ReviewerOf(http), filter, order ?? CaseSort.Priority, cursor, limit ?? ListCases.LimitDefault),
            static page => TypedResults.Ok(new CaseListAnswer
            {
                Cases = [.. page.Cases.Select(one => CaseAnswer.Of(one, page.At))],
                NextCursor = page.NextCursor,
            }));
    }

    private static Task<IResult> FindAsync(string @case, HttpContext http, TimeProvider clock) => ReviewHttp.SendAsync(
        http,
        new GetCase.Query(ReviewGate.ReviewerOf(http), @case),
        detail =>
        {
            var now = clock.GetUtcNow();
            http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{detail.State.Version}\"");
            return TypedResults.Ok(new CaseDetailAnswer
            {
                Case = CaseAnswer.Of(detail.State, now),
                Members = detail.Members,
                History = [.. detail.History.Select(CaseEventAnswer.Of)],
                Campaign = detail.Campaign is { } campaign ? CampaignAnswer.From(campaign) : null,
                Account = detail.Account is { } account ? AccountAnswer.From(account) : null,
                Related = [.. detail.Related.Select(one => CaseAnswer.Of(one, now))],
                UndoUntil = detail.UndoUntil,
            });
        });

    private static Task<IResult> PreviewAsync(
        string @case,
        HttpContext http,
        [Description("The ruling, as it would be made.")] string ruling,
        [Description("When it would end.")] DateTimeOffset? until) =>
        TryName(ruling, CaseWords.Rulings, out RulingKind? kind) && kind is { } known
            ? ReviewHttp.SendAsync(
                http,
                new PreviewRuling.Query(ReviewGate.ReviewerOf(http), @case, known, until),
                static preview => TypedResults.Ok(new PreviewAnswer
                {
                    Version = preview.Version,
                    Accounts = preview.Accounts,
                    Exchanges = preview.Exchanges,
                    WorkloadAccounts = preview.WorkloadAccounts,
                    NeedsSecond = preview.NeedsSecond,
                    Until = preview.Until,
                    UndoUntil = preview.UndoUntil,
                }))
            : Task.FromResult<IResult>(ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_request", "ruling is none that there is."));

    private static Task<IResult> GraphAsync(
        string @case, HttpContext http, [Description("Keys to show, 1 to 1,000; 200 when absent.")] int? keys)
    {
        const int KeysDefault = 200;
        return ReviewHttp.SendAsync(
            http,
            new GetGraph.Query(ReviewGate.ReviewerOf(http), @case, keys ?? KeysDefault),
            static graph => TypedResults.Ok(new GraphAnswer
            {
                Accounts = graph.Accounts, Keys = [.. graph.Keys.Select(SharedKeyAnswer.Of)],
            }));
    }

    private static Task<IResult> ManyAsync(ManyBody body, HttpContext http) =>
        TryName(body.Deed, ["rule", "undo", "approve"], out RuleMany.Deed? deed)
            ? ReviewHttp.SendAsync(
                http,
                new RuleMany.Command(
                    ReviewGate.ReviewerOf(http), body.CaseIds.IsDefault ? [] : body.CaseIds, deed ?? RuleMany.Deed.Rule,
                    body.Ruling?.ToWished(), body.Reason ?? "", body.DryRun),
                static many => TypedResults.Ok(new ManyAnswer
                {
                    DryRun = many.IsDryRun,
                    Accounts = many.Accounts,
                    NeedsSecond = many.NeedsSecond,
                    Cases = [.. many.Cases.Select(static one => new CaseResultAnswer
                    {
                        CaseId = one.CaseId, Code = one.Code, Accounts = one.Accounts,
                    })],
                }))
            : Task.FromResult<IResult>(ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_request", "deed is rule, undo or approve."));

    private static Task<IResult> LabelsAsync(
        HttpContext http,
        [Description("ruled_at of the last line of the page before.")] DateTimeOffset? after,
        [FromQuery(Name = "after_id")][Description("case_id of that line.")] string? afterId) => ReviewHttp.SendAsync(
        http,
        new ExportLabels.Query(ReviewGate.ReviewerOf(http), after ?? DateTimeOffset.UnixEpoch, afterId ?? ""),
        static rows => TypedResults.Text(string.Concat(rows.Select(LineOf)), LabelsType));

    // What somebody who ruled so holds of the content: harvest, or not; a ruling that only waits says neither.
    private static string LineOf(CaseSummary one) => JsonSerializer.Serialize(new
    {
        case_id = one.Id,
        kind = CaseWords.Of(one.Kind),
        subject = one.Subject,
        ruling = CaseWords.Of(one.Ruling!.Value),
        label = CaseWords.IsRestrictive(one.Ruling.Value) ? "abuse"
            : one.Ruling is RulingKind.Dismiss or RulingKind.AllowUntil ? "innocent" : "unsure",
        abuse_types = one.Facts.AbuseTypes.Select(WireNames.Of),
        machine_level = WireNames.Of(one.Facts.Level),
        machine_risk = one.Facts.Risk,
        policy = one.RulingPolicy,
        reason = one.RulingReason,
        ruled_by = one.RuledBy,
        ruled_at = one.RuledAt,
    }) + "\n";

    /// <summary>The value of a name in a list of names; none is no fault.</summary>
    internal static bool TryName<T>(string? name, ImmutableArray<string> names, out T? value)
        where T : struct, Enum
    {
        var index = name is null ? -1 : names.IndexOf(name);
        value = index < 0 ? null : (T)Enum.ToObject(typeof(T), index);
        return name is null || index >= 0;
    }
}
