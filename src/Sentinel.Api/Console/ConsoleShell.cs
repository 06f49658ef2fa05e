using System.Collections.Immutable;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;

namespace Sentinel.Api.Console;

/// <summary>What every page stands in, from the request.</summary>
internal static class ConsoleShell
{
    /// <summary>Cookie with the theme that was chosen; it is no secret and no session.</summary>
    public const string ThemeCookie = "llm-sentinel-theme";

    private static readonly ImmutableArray<(Permit Needs, NavItem Item)> Items =
    [
        (Permit.View, new("queue", "/console/queue", "Queue")),
        (Permit.View, new("overview", "/console/overview", "Overview")),
        (Permit.View, new("workloads", "/console/workloads", "Workloads")),
        (Permit.View, new("policies", "/console/policies", "Policies")),
        (Permit.ManagePeople, new("people", "/console/people", "People")),
        (Permit.ManageWebhooks, new("webhooks", "/console/webhooks", "Webhooks")),
        (Permit.ReadAudit, new("audit", "/console/audit", "Audit")),
    ];

    /// <summary>The shell of a page; an empty section is a page without navigation.</summary>
    public static ShellView Of(HttpContext http, string title, string section)
    {
        var services = http.RequestServices;
        var reader = ReviewGate.FindReviewer(http);
        var form = services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        return new ShellView(
            title,
            section,
            ThemeOf(http),
            HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString.Value : "/console/queue",
            [.. Items.Where(one => reader?.May(one.Needs) == true).Select(static one => one.Item)],
            reader?.Id ?? "",
            reader?.Name ?? "",
            reader is null ? "" : PermissionTable.Of(reader.Role),
            form.FormFieldName,
            form.RequestToken ?? "",
            services.GetRequiredService<TimeProvider>().GetUtcNow())
        {
            From = CameFrom.QueueOf(http.Request.Query[CameFrom.Field]),
        };
    }

    /// <summary>Whether a text is the name of a theme.</summary>
    public static bool IsTheme(string? text) => text is "auto" or "light" or "dark";

    /// <summary>A path of the console as it is, and the queue for anything else, so that nobody is sent elsewhere.</summary>
    public static string OwnPath(string? text) => text is not null
        && (text.StartsWith("/console/", StringComparison.Ordinal) || text == "/console")
        && !text.Contains('\\', StringComparison.Ordinal) && !text.Any(char.IsControl)
            ? text
            : "/console/queue";

    private static string ThemeOf(HttpContext http) =>
        http.Request.Cookies[ThemeCookie] is { } theme && IsTheme(theme) ? theme : "auto";
}
