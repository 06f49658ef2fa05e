using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Parts;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Findings;
using Sentinel.Api.Security;

namespace Sentinel.Api.Console;

/// <summary>The pages of <c>/console</c>: rendered here, usable without a script, with nothing inline.</summary>
internal static class ConsoleEndpoints
{
    // Everything comes from here and nothing is inline; nobody frames it.
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        ConsoleAssets.Map(routes);
        var pages = routes.MapGroup("/console")
            .ExcludeFromDescription()
            .WithMetadata(new NeedsScope(CallerScopes.Admin))
            .AddEndpointFilter(GuardAsync);
        pages.MapGet("", static () => Results.Redirect("/console/queue"));
        pages.MapPost("/theme", ChooseTheme).DisableAntiforgery();
        pages.MapGet("/policies", FindingPages.Policies);
        pages.MapGet("/workloads", FindingPages.Workloads);
        pages.MapGet("/queue", FindingPages.QueueAsync);
        pages.MapGet("/queue/rows", FindingPages.QueueRowsAsync);
        pages.MapGet("/overview", FindingPages.OverviewAsync);
        pages.MapGet("/campaigns/{campaign}", FindingPages.CampaignAsync);
        pages.MapGet("/accounts/{account}", FindingPages.AccountAsync);
        pages.MapGet("/{**rest}", static (HttpContext http, TimeProvider clock) => NotFound(
            http, clock, "There is no such page", "The address is not one of the console's."));
    }

    /// <summary>A page as an answer.</summary>
    public static RazorComponentResult<TPage> Page<TPage, TView>(ShellView shell, TView view)
        where TPage : Microsoft.AspNetCore.Components.IComponent =>
        new(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = shell, ["View"] = view })
        {
            PreventStreamingRendering = true,
        };

    /// <summary>404 as a page.</summary>
    public static IResult NotFound(HttpContext http, TimeProvider clock, string heading, string text) =>
        Message(http, clock, StatusCodes.Status404NotFound, heading, text);

    /// <summary>A sentence as a page.</summary>
    public static IResult Message(HttpContext http, TimeProvider clock, int status, string heading, string text)
    {
        var page = Page<MessagePage, MessageView>(
            ConsoleShell.Of(http, clock, heading, "queue"), new MessageView(heading, text, "/console/queue", "To the queue"));
        page.StatusCode = status;
        return page;
    }

    private static IResult ChooseTheme(HttpContext http, [FromForm] string? theme, [FromForm] string? back)
    {
        if (ConsoleShell.IsTheme(theme))
        {
            http.Response.Cookies.Append(ConsoleShell.ThemeCookie, theme!, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                Path = "/console",
                MaxAge = TimeSpan.FromDays(400),
            });
        }

        return Results.LocalRedirect(ConsoleShell.IsOwnPath(back) ? back! : "/console/queue");
    }

    private static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        var services = http.RequestServices;
        return services.GetRequiredService<IFindingReader>().IsOpen
            ? await next(context)
            : Message(
                http, services.GetRequiredService<TimeProvider>(), StatusCodes.Status503ServiceUnavailable,
                "The store is being opened", "This takes some seconds after a start. Load the page again.");
    }
}
