using System.CommandLine;
using System.Globalization;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>demo</c> was asked to do.</summary>
/// <param name="Port">Port on loopback; 0 for any free one.</param>
/// <param name="Once">End after the findings are printed, without serving.</param>
/// <param name="Data">Folder of the embedded store, or null for a temporary one.</param>
/// <param name="Scale">Multiplies the accounts of the recipe.</param>
internal sealed record DemoRequest(int Port, bool Once, string? Data, double Scale);

/// <summary><c>sentinel demo</c>.</summary>
internal static class DemoVerb
{
    private const int PortDefault = 8787;
    private const double ScaleMin = 0.01;
    private const double ScaleMax = 100;

    public static Command Build(VerbActions actions)
    {
        var port = new Option<int>("--port")
        {
            HelpName = "PORT",
            Description = "Port on 127.0.0.1 to serve the API on; 0 for any free one.",
            DefaultValueFactory = _ => PortDefault,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && !ushort.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out _))
            {
                result.AddError("--port is a number from 0 to 65535.");
            }
        });
        var once = new Option<bool>("--once") { Description = "End after the findings are printed, without serving." };
        var data = SharedOptions.Data();
        var scale = SharedOptions.Scale(ScaleMin, ScaleMax);
        var command = new Command("demo", "Play mixed traffic with a few campaigns in it, and show what is found.")
        {
            port, once, data, scale,
        };
        command.SetAction((parsed, _) => actions.Demo(new DemoRequest(
            parsed.GetValue(port), parsed.GetValue(once), parsed.GetValue(data), parsed.GetValue(scale))));
        return command;
    }
}
