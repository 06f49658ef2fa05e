using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>serve</c> was asked to do.</summary>
/// <param name="Urls">Addresses to listen on, separated by semicolons; null for the configured one.</param>
/// <param name="Data">Folder of the embedded store; null for the configured one.</param>
/// <param name="Role">Roles of the process, separated by commas; null for the configured ones.</param>
internal sealed record ServeRequest(string? Urls, string? Data, string? Role);

/// <summary><c>sentinel serve</c>.</summary>
internal static class ServeVerb
{
    public static Command Build(VerbActions actions)
    {
        var urls = SharedOptions.Text(
            "--urls", "URLS",
            $"Addresses to listen on, separated by semicolons [default: {ServeOptions.UrlsDefault}].");
        var data = SharedOptions.Text(
            "--data", "DIR", $"Where the embedded store lives [default: {ServeOptions.DataDefault}].");
        var role = SharedOptions.Text(
            "--role", "ROLES",
            "What this process does: all, account, links, campaigns or api, several separated by commas; all but one need "
            + "Kafka [default: all].");
        var command = new Command("serve", "Take exchanges and answer decisions over HTTP, until Ctrl-C.")
        {
            urls, data, role,
        };
        command.SetAction((parsed, _) => actions.Serve(new ServeRequest(
            parsed.GetValue(urls), parsed.GetValue(data), parsed.GetValue(role))));
        return command;
    }
}
