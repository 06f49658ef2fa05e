using System.Net;

namespace Sentinel.EndToEnd.Tests;

/// <summary>Settings that change while the program serves, and what it writes down of its answers.</summary>
public sealed class SettingsReloadTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Serve_KillSwitchInTheFile_TakesEffectAtHangUpAndIsTakenBack()
    {
        Write("""{"Gateways":{"FailMode":"closed","LogAllowShare":1}}""");
        await using var served = await StartAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, "no_account"), await AskAsync(served));
        Write("""{"Gateways":{"FailMode":"closed","LogAllowShare":1,"KillSwitch":true}}""");
        Assert.Equal("no_account", (await AskAsync(served)).Reason); // A file that nobody asked to read changes nothing.
        await HangUpAsync(served, "kill_switch");
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(served)).Status);
        Assert.Contains("The kill switch is on", served.Program.Error, StringComparison.Ordinal);

        Write("{ no settings");
        served.Program.Signal("HUP");
        await served.Program.UntilAsync(
            () => Task.FromResult(served.Program.Error.Contains("cannot be read, all stays", StringComparison.Ordinal)),
            "it refuses the file");
        Assert.Equal("kill_switch", (await AskAsync(served)).Reason);

        Write("""{"Gateways":{"FailMode":"closed","LogAllowShare":1}}""");
        await HangUpAsync(served, "no_account");
        await IsLoggedAsync(served);
    }

    private static async Task IsLoggedAsync(ServedProgram served)
    {
        await served.GetAsync("/v1/decisions/a%2Fb");
        await served.Program.UntilAsync(
            async () => (await LogAsync()).GetArrayLength() == 1, "the decision is in the log");
        var row = (await LogAsync())[0];
        Assert.Equal("rest allow no_verdict", $"{row.GetProperty("gateway")} {row.GetProperty("decision")} {row.GetProperty("reason")}");

        async Task<System.Text.Json.JsonElement> LogAsync() =>
            (await served.GetAsync("/v1/accounts/a%2Fb/decisions")).GetProperty("decisions");
    }

    private static async Task HangUpAsync(ServedProgram served, string reason)
    {
        served.Program.Signal("HUP");
        await served.Program.UntilAsync(async () => (await AskAsync(served)).Reason == reason, reason);
    }

    private static async Task<(HttpStatusCode Status, string Reason)> AskAsync(ServedProgram served)
    {
        using var answer = await served.Client.GetAsync("/v1/gateways/nginx");
        return (answer.StatusCode, answer.Headers.GetValues("x-llm-sentinel-reason").Single());
    }

    private async Task<ServedProgram> StartAsync()
    {
        var served = await ServedProgram.StartInAsync(
            Path.GetDirectoryName(_scratch["appsettings.json"])!,
            ["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]]);
        await served.UntilReadyAsync();
        return served;
    }

    private void Write(string settings) => File.WriteAllText(_scratch["appsettings.json"], settings);
}
