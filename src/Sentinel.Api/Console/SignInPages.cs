using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Review;

namespace Sentinel.Api.Console;

/// <summary>Where people sign in and out, and where the first of them comes from.</summary>
internal static class SignInPages
{
    private const string Starting = "The store is being opened, which takes some seconds after a start. Try again.";

    public static void Map(RouteGroupBuilder console)
    {
        console.MapGet("/sign-in", Ask);
        console.MapPost("/sign-in", SignInAsync);
        console.MapPost("/sign-out", (Delegate)SignOutAsync);
        console.MapGet("/setup", AskSetUp);
        console.MapPost("/setup", SetUpAsync);
    }

    private static IResult Ask(HttpContext http, [FromQuery(Name = "return")] string? back, ReviewStore store) =>
        store.IsOpen ? Show(http, back, "", "", "", StatusCodes.Status200OK) : Results.Text(
            Starting, "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> SignInAsync(
        HttpContext http, [FromForm(Name = "return")] string? back, [FromForm] string? id, [FromForm] string? password,
        SignInDesk desk, ReviewStore store, IAntiforgery forms)
    {
        if (!store.IsOpen || !await forms.IsRequestValidAsync(http))
        {
            return store.IsOpen
                ? Show(http, back, id, "The form was too old. Try again.", "", StatusCodes.Status400BadRequest)
                : Results.Text(Starting, "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return await desk.SignInAsync(http, id ?? "", password ?? "") switch
        {
            SignInOutcome.Done => Results.LocalRedirect(ConsoleShell.OwnPath(back)),
            SignInOutcome.TooOften => Show(
                http, back, id, "That was tried too often. Wait a minute.", "", StatusCodes.Status429TooManyRequests),
            _ => Show(http, back, id, "Nobody has this name and password.", "", StatusCodes.Status401Unauthorized),
        };
    }

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await Sessions.SignOutAsync(http); // Nobody gains by signing somebody else out: the cookie is sent from here alone.
        return Results.LocalRedirect(ReviewGate.SignInPath);
    }

    private static IResult AskSetUp(HttpContext http, [FromQuery] string? token, PeopleBook people) =>
        people.AwaitsSetUp && token is { Length: > 0 and <= 128 }
            ? Show(http, null, "", "", token, StatusCodes.Status200OK)
            : Results.LocalRedirect(ReviewGate.SignInPath);

    private static async Task<IResult> SetUpAsync(
        HttpContext http, [FromForm] string? token, [FromForm] string? password, SignInDesk desk, ReviewStore store,
        IAntiforgery forms)
    {
        var fault = !store.IsOpen ? Starting
            : !await forms.IsRequestValidAsync(http) ? "The form was too old. Try again."
            : PutPerson.FaultOf(password ?? "");
        if (fault is not null)
        {
            return Show(http, null, "", fault, token ?? "", StatusCodes.Status400BadRequest);
        }

        return await desk.SetUpAsync(http, token ?? "", password!)
            ? Results.LocalRedirect("/console/queue")
            : Show(http, null, "", "The link was used already, or is not the one of this start.", "", StatusCodes.Status403Forbidden);
    }

    private static IResult Show(HttpContext http, string? back, string? id, string fault, string token, int status) =>
        ConsoleEndpoints.Page<SignInPage>(
            status,
            ConsoleShell.Of(http, token.Length > 0 ? "First start" : "Sign in", ""),
            new SignInView(ConsoleShell.OwnPath(back), id ?? "", fault, token, ProviderOf(http, back)));

    private static string ProviderOf(HttpContext http, string? back) =>
        http.RequestServices.GetRequiredService<IOptions<PeopleOptions>>().Value.OidcAuthority.Length == 0
            ? ""
            : $"{OidcSignIn.Path}?return={Uri.EscapeDataString(ConsoleShell.OwnPath(back))}";
}
