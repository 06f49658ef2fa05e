using System.Diagnostics;

namespace Sentinel.Testing.Kafka;

/// <summary>
/// A Java program that dies with kill -9: when told to, and when this process ends in whatever way, since its shell
/// waits for the end of a pipe that only this process holds.
/// </summary>
internal sealed class JavaProgram : IDisposable
{
    private const string Script = """
        log=$1; shift
        exec 3<&0 2> /dev/null
        java "$@" < /dev/null > "$log" 2>&1 3<&- &
        child=$!
        (cat <&3 > /dev/null; kill -9 $child 2> /dev/null) &
        exec 3<&-
        wait $child
        """;

    private readonly Process _shell;

    public JavaProgram(string log, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _shell = Process.Start(start) ?? throw new InvalidOperationException("No shell.");
    }

    public bool HasExited => _shell.HasExited;

    public async Task KillAsync()
    {
        _shell.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _shell.WaitForExitAsync(limit.Token);
    }

    public void Dispose() => _shell.Dispose();
}
