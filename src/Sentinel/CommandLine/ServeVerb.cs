using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>serve</c> was asked to do.</summary>
/// <param name="Urls">Addresses to listen on, separated by semicolons; null for the configured one.</param>
/// <param name="Data">Folder of the embedded store; null for the configured one.</param>
internal sealed record ServeRequest(string? Urls, string? Data);

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
        var command = new Command("serve", "Take exchanges and answer decisions over HTTP, until Ctrl-C.")
        {
            urls, data,
        };
        command.SetAction((parsed, _) => actions.Serve(new ServeRequest(parsed.GetValue(urls), parsed.GetValue(data))));
        return command;
    }
}
