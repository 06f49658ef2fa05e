using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Console.Views;

namespace Sentinel.Api.Console;

/// <summary>What every page stands in, from the request.</summary>
internal static class ConsoleShell
{
    /// <summary>Cookie with the theme that was chosen; it is no secret and no session.</summary>
    public const string ThemeCookie = "llm-sentinel-theme";

    private static readonly ImmutableArray<NavItem> Items =
    [
        new("queue", "/console/queue", "Queue"),
        new("overview", "/console/overview", "Overview"),
        new("workloads", "/console/workloads", "Workloads"),
        new("policies", "/console/policies", "Policies"),
    ];

    /// <summary>The shell of a page.</summary>
    public static ShellView Of(HttpContext http, TimeProvider clock, string title, string section) => new(
        title, section, ThemeOf(http), http.Request.Path + http.Request.QueryString.Value, Items, "", "", "", "",
        clock.GetUtcNow());

    /// <summary>Whether a text is the name of a theme.</summary>
    public static bool IsTheme(string? text) => text is "auto" or "light" or "dark";

    /// <summary>Whether a text is a path of the console, so that nobody is sent elsewhere.</summary>
    public static bool IsOwnPath(string? text) => text is not null
        && text.StartsWith("/console/", StringComparison.Ordinal)
        && !text.Contains('\\', StringComparison.Ordinal) && !text.Any(char.IsControl);

    private static string ThemeOf(HttpContext http) =>
        http.Request.Cookies[ThemeCookie] is { } theme && IsTheme(theme) ? theme : "auto";
}
