using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;

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
        // Forms are held against their token by the gate, before anything here is asked.
        var console = routes.MapGroup("/console").ExcludeFromDescription().DisableAntiforgery().AddEndpointFilter(GuardAsync);
        var open = console.MapGroup("").WithMetadata(OpenToAll.Mark);
        open.MapGet("", static () => Results.Redirect("/console/queue"));
        open.MapPost("/theme", ChooseTheme);
        SignInPages.Map(open);
        MapPages(console);
        MapForms(console);
    }

    /// <summary>A page as an answer.</summary>
    public static IResult Page<TPage>(ShellView shell, object view, params (string Name, object Value)[] more)
        where TPage : IComponent => Page<TPage>(StatusCodes.Status200OK, shell, view, more);

    /// <summary>The same with another status.</summary>
    public static IResult Page<TPage>(int status, ShellView shell, object view, params (string Name, object Value)[] more)
        where TPage : IComponent
    {
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = shell, ["View"] = view };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        return new RazorComponentResult<TPage>(parameters) { PreventStreamingRendering = true, StatusCode = status };
    }

    /// <summary>A sentence as a page.</summary>
    public static IResult Message(HttpContext http, int status, string heading, string text) => Page<MessagePage>(
        status, ConsoleShell.Of(http, heading, "queue"), new MessageView(heading, text, "/console/queue", "To the queue"));

    private static void MapPages(RouteGroupBuilder console)
    {
        Page(console, "/policies", Permit.View, FindingPages.Policies);
        Page(console, "/workloads", Permit.View, FindingPages.Workloads);
        Page(console, "/queue", Permit.View, CasePages.QueueAsync);
        Page(console, "/queue/rows", Permit.View, CasePages.QueueRowsAsync);
        Page(console, "/cases/{id}", Permit.View, CasePages.CaseAsync);
        Page(console, "/cases/{id}/decide", Permit.Rule, CasePages.DecideAsync);
        Page(console, "/cases/{id}/rule", Permit.Rule, CasePages.DecideAsync); // Where one is when it was refused.
        Page(console, "/bulk", Permit.RuleMany, BulkPages.AskAsync);
        Page(console, "/search", Permit.View, SearchPages.SearchAsync);
        Page(console, "/overview", Permit.View, FindingPages.OverviewAsync);
        Page(console, "/campaigns/{campaign}", Permit.View, FindingPages.CampaignAsync);
        Page(console, "/accounts/{account}", Permit.View, FindingPages.AccountAsync);
        Page(console, "/people", Permit.ManagePeople, PeoplePages.ListAsync);
        Page(console, "/audit", Permit.ReadAudit, PeoplePages.AuditAsync);
        Page(console, "/webhooks", Permit.ManageWebhooks, WebhookPages.ListAsync);
        Page(console, "/{**rest}", Permit.View, static (HttpContext http) => Message(
            http, StatusCodes.Status404NotFound, "There is no such page", "The address is not one of the console's."));
    }

    private static void MapForms(RouteGroupBuilder console)
    {
        Form(console, "/cases/{id}/claim", Permit.Work, CaseForms.ClaimAsync);
        Form(console, "/cases/{id}/release", Permit.Work, CaseForms.ReleaseAsync);
        Form(console, "/cases/{id}/rule", Permit.Rule, CaseForms.RuleAsync);
        Form(console, "/cases/{id}/undo", Permit.Rule, CaseForms.UndoAsync);
        Form(console, "/cases/{id}/approve", Permit.Approve, CaseForms.ApproveAsync);
        Form(console, "/cases/{id}/reject", Permit.Rule, CaseForms.RejectAsync);
        Form(console, "/cases/{id}/reopen", Permit.Overrule, CaseForms.ReopenAsync);
        Form(console, "/cases/{id}/note", Permit.Work, CaseForms.NoteAsync);
        Form(console, "/cases/{id}/tags", Permit.Work, CaseForms.TagAsync);
        Form(console, "/cases/{id}/assign", Permit.Work, CaseForms.AssignAsync);
        Form(console, "/cases/{id}/members", Permit.ChangeMembers, MemberForms.ChangeAsync);
        Form(console, "/cases/{id}/merge", Permit.ChangeMembers, CaseForms.MergeAsync);
        Form(console, "/bulk", Permit.RuleMany, BulkPages.DoAsync);
        Form(console, "/views", Permit.KeepViews, SearchPages.KeepViewAsync);
        Form(console, "/cases/{id}/appeals/{appeal}", Permit.DecideAppeal, CaseForms.DecideAppealAsync);
        Form(console, "/accounts/{account}/reveal", Permit.Reveal, FindingPages.RevealAsync);
        Form(console, "/people", Permit.ManagePeople, PeoplePages.PutAsync);
        Form(console, "/webhooks/{letter}/retry", Permit.ManageWebhooks, WebhookPages.RetryAsync);
    }

    private static void Page(RouteGroupBuilder console, string path, Permit needs, Delegate answer) =>
        console.MapGet(path, answer).WithMetadata(new NeedsPermit(needs) { IsPage = true });

    private static void Form(RouteGroupBuilder console, string path, Permit needs, Delegate answer) =>
        console.MapPost(path, answer).WithMetadata(new NeedsPermit(needs) { IsPage = true });

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

        return Results.LocalRedirect(ConsoleShell.OwnPath(back));
    }

    private static ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }
}
