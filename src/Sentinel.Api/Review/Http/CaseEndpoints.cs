using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.People;

namespace Sentinel.Api.Review.Http;

/// <summary>What changes a case: <c>/v1/review/cases/{case}/…</c>.</summary>
internal static class CaseEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var one = routes.MapGroup("/v1/review/cases/{case}");
        MapWork(one);
        MapRulings(one);
        MapAppeals(one);
        MapMembers(one);
    }

    private static void MapWork(RouteGroupBuilder one)
    {
        one.MapPost("/claim", (string @case, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new ClaimCase.Command(by, @case, version)))
            .Changes("ClaimCase", "Take a case", "Nobody else can decide it until the claim expires. Taking it again holds it longer.", Permit.Work);
        one.MapPost("/release", (string @case, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new ReleaseCase.Command(by, @case, version)))
            .Changes("ReleaseCase", "Let a case go", "Ends one's own claim.", Permit.Work);
        one.MapPost("/notes", (string @case, NoteBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new NoteCase.Command(by, @case, version, body.Text)))
            .Changes("NoteCase", "Write something down", "Notes are never changed.", Permit.Work);
        one.MapPut("/tags", (string @case, TagsBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new TagCase.Command(by, @case, version, body.Tags.IsDefault ? [] : body.Tags)))
            .Changes("TagCase", "Give a case its tags", "These take the place of those that it had.", Permit.Work);
        one.MapPut("/assignment", (string @case, AssignmentBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new AssignCase.Command(by, @case, version, body.To)))
            .Changes("AssignCase", "Give a case to somebody", "Says who should look; it holds nobody else off.", Permit.Work);
    }

    private static void MapRulings(RouteGroupBuilder one)
    {
        one.MapPost("/rulings", (string @case, RulingBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new RuleCase.Command(by, @case, version, body.ToWished())))
            .Changes("RuleCase", "Rule on a case", "The ruling is on all accounts of the case and reaches the gateways at once. "
                + "On more accounts than one person alone may, it waits for a second person: proposed is then true.", Permit.Rule);
        one.MapPost("/approve", (string @case, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new ApproveRuling.Command(by, @case, version)))
            .Changes("ApproveRuling", "Agree to a proposed ruling", "As somebody else than who proposed it.", Permit.Approve);
        one.MapPost("/reject", (string @case, ReasonBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new RejectRuling.Command(by, @case, version, body.Reason)))
            .Changes("RejectRuling", "Do away with a proposed ruling", "One's own, or with the right to approve anybody's.", Permit.Rule);
        one.MapPost("/undo", (string @case, ReasonBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new UndoRuling.Command(by, @case, version, body.Reason)))
            .Changes("UndoRuling", "Take a ruling back", "On all accounts of the case, within the time that undo_until tells.", Permit.Rule);
        one.MapPost("/reopen", (string @case, ReasonBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new ReopenCase.Command(by, @case, version, body.Reason)))
            .Changes("ReopenCase", "Make a decided case wait again", "Its ruling ends, however old it is.", Permit.Overrule);
    }

    private static void MapAppeals(RouteGroupBuilder one)
    {
        one.MapPost("/appeals", (string @case, AppealBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new FileAppeal.Command(
                    by, @case, version, body.Id, body.Accounts is { IsDefault: false } some ? some : [], body.Text)))
            .Changes("FileAppeal", "File an appeal", "Against the ruling that stands; for the support system, whose key has the scope appeals.", Permit.FileAppeal);
        one.MapPost("/appeals/{appeal}/decision", (string @case, string appeal, AppealDecisionBody body, HttpContext http) =>
                ReviewHttp.ChangeAsync(http, (by, version) => new DecideAppeal.Command(
                    by, @case, version, appeal, body.Upheld, body.Reason)))
            .Changes("DecideAppeal", "Decide an appeal", "As somebody else than who ruled or agreed. Overturned, its accounts go on "
                + "for a while whatever the machine concludes.", Permit.DecideAppeal);
    }

    private static void MapMembers(RouteGroupBuilder one)
    {
        one.MapPost("/members/exclude", (string @case, MembersBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new ExcludeMembers.Command(by, @case, version, Of(body), body.Reason)))
            .Changes("ExcludeMembers", "Say that accounts do not belong", "Nothing is ruled on them with this case.", Permit.ChangeMembers);
        one.MapPost("/split", (string @case, MembersBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new SplitCase.Command(by, @case, version, Of(body), body.Reason)))
            .Changes("SplitCase", "Make accounts a case of their own", "Answers the new case.", Permit.ChangeMembers);
        one.MapPost("/merge", (string @case, MergeBody body, HttpContext http) => ReviewHttp.ChangeAsync(
                http, (by, version) => new MergeCases.Command(by, @case, version, body.Other, body.Reason)))
            .Changes("MergeCases", "Take another case in", "Its accounts belong to this case from now on, and it yields.", Permit.ChangeMembers);
    }

    private static System.Collections.Immutable.ImmutableArray<string> Of(MembersBody body) =>
        body.Accounts.IsDefault ? [] : body.Accounts;
}
