using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>audit verify</c> was asked to do.</summary>
/// <param name="Data">Folder of the embedded store; null for the configured one.</param>
/// <param name="Server">Address of a ClickHouse server instead; null for none.</param>
internal sealed record AuditRequest(string? Data, string? Server);

/// <summary><c>sentinel audit</c>.</summary>
internal static class AuditVerb
{
    public static Command Build(VerbActions actions)
    {
        var data = SharedOptions.Text(
            "--data", "DIR", $"Where the embedded store lives; no program may be using it [default: {ServeOptions.DataDefault}].");
        var server = SharedOptions.Text(
            "--server", "URL",
            "A ClickHouse server instead; user, password and database come from the configuration (ClickHouse:…).");
        var verify = new Command(
            "verify", "Follow the audit log's chain from its first row; exits 1 and names the first row that is wrong.")
        {
            data, server,
        };
        verify.SetAction((parsed, _) => actions.Audit(new AuditRequest(parsed.GetValue(data), parsed.GetValue(server))));
        return new Command("audit", "Check the log of everything that was done.") { verify };
    }
}
