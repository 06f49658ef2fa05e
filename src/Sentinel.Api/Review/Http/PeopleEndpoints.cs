using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.People;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Review.Http;

/// <summary>Who signs in, who is signed in, and who may.</summary>
internal static class PeopleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/review");
        review.MapGet("/me", Me)
            .Says("GetMe", "Who am I?", "Who is signed in or shows a key, what they may do, and the token for changes by a session.", Permit.KnowSelf)
            .Produces<MeAnswer>();
        review.MapDelete("/session", (Delegate)EndAsync)
            .Says("EndSession", "Sign out", "Ends the session of this browser.", Permit.KnowSelf)
            .Produces<MeAnswer>();
        review.MapGet("/people", (Delegate)ListAsync)
            .Says("ListPeople", "Who may sign in?", "All people, those that may not any more too.", Permit.ManagePeople)
            .Produces<PeopleAnswer>();
        review.MapPut("/people/{person}", PutAsync)
            .Says("PutPerson", "Say who somebody is", "Their role, whether they may sign in, perhaps a password. Their sessions end.", Permit.ManagePeople)
            .Produces<PersonAnswer>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        MapOpen(review);
    }

    // Nobody is signed in yet: what is asked for is a password or a secret link.
    private static void MapOpen(RouteGroupBuilder review)
    {
        review.MapPost("/session", SignInAsync)
            .WithTags("Review").WithMetadata(OpenToAll.Mark)
            .WithName("BeginSession")
            .WithSummary("Sign in")
            .WithDescription("With a password of this installation. The answer carries a session in a cookie.")
            .Produces<SignedInAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        review.MapPost("/setup", SetUpAsync)
            .WithTags("Review").WithMetadata(OpenToAll.Mark)
            .WithName("SetUp")
            .WithSummary("Set the first administrator's password")
            .WithDescription("Once, with the token of the link that the log showed at the first start.")
            .Produces<SignedInAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<MeAnswer> Me(HttpContext http, IAntiforgery antiforgery)
    {
        var reviewer = ReviewGate.ReviewerOf(http);
        var isKey = reviewer.Id.StartsWith(Reviewer.KeyMark, StringComparison.Ordinal);
        return TypedResults.Ok(MeOf(reviewer, isKey ? null : antiforgery.GetAndStoreTokens(http).RequestToken));
    }

    private static async Task<IResult> EndAsync(HttpContext http)
    {
        await Sessions.SignOutAsync(http);
        return TypedResults.Ok(MeOf(ReviewGate.ReviewerOf(http), formToken: null));
    }

    private static Task<IResult> ListAsync(HttpContext http) => ReviewHttp.SendAsync(
        http,
        new ListPeople.Query(ReviewGate.ReviewerOf(http)),
        static people => TypedResults.Ok(new PeopleAnswer { People = [.. people.Select(PersonAnswer.Of)] }));

    private static MeAnswer MeOf(Reviewer reviewer, string? formToken) => new()
    {
        Id = reviewer.Id,
        Name = reviewer.Name,
        Role = PermissionTable.Of(reviewer.Role),
        Permissions =
        [
            .. Enum.GetValues<Permit>().Where(reviewer.May)
                .Select(static permit => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(permit.ToString())),
        ],
        FormToken = formToken,
    };

    private static Task<IResult> PutAsync(string person, PersonBody body, HttpContext http) =>
        ReadEndpoints.TryName(body.Role, PermissionTable.PeoplesRoles, out ReviewRole? role) && role is { } known
            ? ReviewHttp.SendAsync(
                http,
                new PutPerson.Command(
                    ReviewGate.ReviewerOf(http), person, body.Name, known, body.Disabled, body.Password),
                static one => TypedResults.Ok(PersonAnswer.Of(one)))
            : Task.FromResult<IResult>(ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_request", "role is viewer, analyst, lead or administrator."));

    private static async Task<IResult> SignInAsync(SessionBody body, HttpContext http, SignInDesk desk, ReviewStore store) =>
        !store.IsOpen
            ? ApiProblem.Unavailable("starting", "The store is not open.", 1)
            : await desk.SignInAsync(http, body.Id, body.Password) switch
            {
                SignInOutcome.Done => TypedResults.Ok(new SignedInAnswer { Id = body.Id }),
                SignInOutcome.TooOften => ApiProblem.Of(
                    StatusCodes.Status429TooManyRequests, "too_often", "That was tried too often; wait a minute."),
                _ => ApiProblem.Of(
                    StatusCodes.Status401Unauthorized, "wrong_password", "Nobody has that id and password."),
            };

    private static async Task<IResult> SetUpAsync(SetUpBody body, HttpContext http, SignInDesk desk, ReviewStore store) =>
        !store.IsOpen ? ApiProblem.Unavailable("starting", "The store is not open.", 1)
        : PutPerson.FaultOf(body.Password) is { } fault
            ? ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_password", fault)
        : await desk.SetUpAsync(http, body.Token, body.Password)
            ? TypedResults.Ok(new SignedInAnswer { Id = PeopleBook.FirstAdministrator })
        : ApiProblem.Of(StatusCodes.Status401Unauthorized, "wrong_token", "The link was used, or is none of this start.");
}

/// <summary>Who signed in.</summary>
internal sealed record SignedInAnswer
{
    [System.ComponentModel.Description("Their id.")]
    public required string Id { get; init; }
}
