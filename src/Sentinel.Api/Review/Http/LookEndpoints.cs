using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Accounts;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>What is looked up beside cases: accounts over time, excerpts, keys, views, load, and what was done.</summary>
internal static class LookEndpoints
{
    private const int ExcerptsDefault = 20;
    private const int RowsDefault = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/review");
        review.MapGet("/accounts/{account}/timeline", TimelineAsync)
            .Says("GetTimeline", "What happened with an account?", "What was concluded, what gateways were answered, and cases about it.", Permit.View)
            .Produces<TimelineAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        review.MapGet("/accounts/{account}/excerpts", ExcerptsAsync)
            .Says("GetExcerpts", "What do an account's requests look like?", "Masked: only words that several excerpts share can be read.", Permit.View)
            .Produces<ExcerptsAnswer>();
        review.MapPost("/accounts/{account}/excerpts/reveal", RevealAsync)
            .Says("RevealExcerpts", "Read excerpts as they are kept", "Who looked at what, and why, goes on record.", Permit.Reveal)
            .Produces<ExcerptsAnswer>();
        review.MapPost("/accounts/{account}/appeals", AppealAsync)
            .Changes("FileAccountAppeal", "File an appeal of an account", "Against whatever ruling holds on it: for the support system, "
                + "which knows its customers and not cases. Filing it again changes nothing.", Permit.FileAppeal);
        review.MapGet("/search", SearchAsync)
            .Says("SearchKey", "What is this?", "An account, a campaign, a key, or a value as exchanges have it, such as a payment hash: "
                + "who uses it.", Permit.View)
            .Produces<SearchAnswer>();
        review.MapGet("/load", (Delegate)LoadAsync) // Else taken for a delegate whose answer is its own affair.
            .Says("GetLoad", "How much is there to do?", "Cases by stage, and rulings by person.", Permit.View)
            .Produces<LoadAnswer>();
        review.MapGet("/views", (Delegate)ViewsAsync)
            .Says("ListViews", "Which views do I keep?", "One's own views of the queue.", Permit.KeepViews)
            .Produces<ViewsAnswer>();
        review.MapPut("/views/{name}", (string name, ViewBody body, HttpContext http) => ReviewHttp.SendAsync(
                http, new PutView.Command(ReviewGate.ReviewerOf(http), name, body.Query), Views))
            .Says("PutView", "Keep a view", "Or remove it, with an empty query.", Permit.KeepViews)
            .Produces<ViewsAnswer>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        review.MapGet("/audit", AuditAsync)
            .Says("ListAudit", "What was done?", "Everything automatic, manual, in bulk and on settings, the latest first.", Permit.ReadAudit)
            .Produces<AuditAnswer>();
    }

    private static Task<IResult> TimelineAsync(string account, HttpContext http, TimeProvider clock) => ReviewHttp.SendAsync(
        http,
        new GetTimeline.Query(ReviewGate.ReviewerOf(http), ReviewHttp.AccountOf(http, "/timeline")),
        timeline => TypedResults.Ok(new TimelineAnswer
        {
            Account = AccountAnswer.From(timeline.Summary),
            Verdicts = [.. timeline.Verdicts.Select(VerdictStepAnswer.Of)],
            Decisions = LoggedDecisionsAnswer.From(timeline.AccountId, timeline.Decisions),
            Cases = [.. timeline.Cases.Select(one => CaseAnswer.Of(one, clock.GetUtcNow()))],
        }));

    private static Task<IResult> ExcerptsAsync(
        string account, HttpContext http, [Description("Excerpts to show, 1 to 100; 20 when absent.")] int? limit) =>
        ReviewHttp.SendAsync(
            http,
            new GetExcerpts.Query(
                ReviewGate.ReviewerOf(http), ReviewHttp.AccountOf(http, "/excerpts"), limit ?? ExcerptsDefault),
            static excerpts => TypedResults.Ok(ExcerptsAnswer.Of(excerpts, masked: true)));

    private static Task<IResult> RevealAsync(string account, RevealBody body, HttpContext http) => ReviewHttp.SendAsync(
        http,
        new RevealExcerpts.Command(
            ReviewGate.ReviewerOf(http), ReviewHttp.AccountOf(http, "/excerpts/reveal"), body.Reason, body.Limit ?? ExcerptsDefault),
        static excerpts => TypedResults.Ok(ExcerptsAnswer.Of(excerpts, masked: false)));

    private static Task<IResult> AppealAsync(string account, AccountAppealBody body, HttpContext http) => ReviewHttp.SendAsync(
        http,
        new FileAccountAppeal.Command(
            ReviewGate.ReviewerOf(http), ReviewHttp.AccountOf(http, "/appeals"), body.Id, body.Text),
        state => ReviewHttp.CaseResult(http, state));

    private static Task<IResult> SearchAsync(
        HttpContext http, TimeProvider clock, [Description("What is looked for, 1 to 1,000 characters.")] string q) =>
        ReviewHttp.SendAsync(
            http,
            new SearchKey.Query(ReviewGate.ReviewerOf(http), q),
            found => TypedResults.Ok(new SearchAnswer
            {
                IsAccount = found.IsAccount,
                Cases = [.. found.Cases.Select(one => CaseAnswer.Of(one, clock.GetUtcNow()))],
                Groups = [.. found.Groups.Select(static group => SharedKeyAnswer.Of(new SharedKey(
                    group.Kind, group.Key, [.. group.Users.Select(static user => user.AccountId)], group.Accounts)))],
            }));

    private static Task<IResult> LoadAsync(HttpContext http) => ReviewHttp.SendAsync(
        http,
        new GetLoad.Query(ReviewGate.ReviewerOf(http)),
        static load => TypedResults.Ok(new LoadAnswer
        {
            Cases = load.Cases.ToDictionary(static one => CaseWords.Of(one.Key), static one => one.Value),
            Rulings = load.Rulings.ToDictionary(static one => one.By, static one => one.Ruled),
        }));

    private static Task<IResult> AuditAsync(
        HttpContext http,
        [Description("Of somebody.")] string? by,
        [Description("Whose action begins so.")] string? action,
        [Description("On something.")] string? subject,
        [Description("number of the last row of the page before.")] long? before,
        [Description("Rows to show, 1 to 500; 100 when absent.")] int? limit) => ReviewHttp.SendAsync(
        http,
        new ListAudit.Query(
            ReviewGate.ReviewerOf(http), new AuditFilter(by, action, subject), before, limit ?? RowsDefault),
        static rows => TypedResults.Ok(new AuditAnswer { Rows = [.. rows.Select(AuditRowAnswer.Of)] }));

    private static Task<IResult> ViewsAsync(HttpContext http) =>
        ReviewHttp.SendAsync(http, new ListViews.Query(ReviewGate.ReviewerOf(http)), Views);

    private static IResult Views(System.Collections.Immutable.ImmutableArray<SavedView> views) => TypedResults.Ok(new ViewsAnswer
    {
        Views = [.. views.Select(static view => new ViewAnswer { Name = view.Name, Query = view.Query })],
    });
}
