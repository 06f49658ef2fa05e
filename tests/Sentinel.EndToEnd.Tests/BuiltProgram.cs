using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sentinel.EndToEnd.Tests;

/// <summary>How a run of the program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);

/// <summary>The program as it was built beside these tests, started as a process. Always ended when disposed.</summary>
internal sealed class BuiltProgram : IAsyncDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(100);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _outputEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BuiltProgram(Process process) => _process = process;

    /// <summary>Root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public Stream Input => _process.StandardInput.BaseStream;

    private static string Assembly
    {
        get
        {
            // tests/X/bin/Release/net10.0/ → src/Sentinel/bin/Release/net10.0/
            var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var path = Path.Combine(
                Root, "src", "Sentinel", "bin", framework.Parent!.Name, framework.Name, "sentinel.dll");
            return File.Exists(path) ? path : throw new InvalidOperationException($"Build it first: no {path}.");
        }
    }

    public static BuiltProgram Start(string[] arguments, params (string Name, string Value)[] environment) =>
        StartIn(Path.GetTempPath(), arguments, environment);

    /// <summary>Starts with a working folder.</summary>
    public static BuiltProgram StartIn(
        string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var program = new BuiltProgram(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => Keep(program._output, line.Data, program._outputEnd);
        program._process.ErrorDataReceived += (_, line) => Keep(program._error, line.Data, program._errorEnd);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs the program to its end without input.</summary>
    public static async Task<Ended> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var program = Start(arguments, environment);
        program.Input.Close();
        return await program.WaitAsync();
    }

    /// <summary>Runs the program and demands that it succeeds.</summary>
    public static async Task<Ended> SucceedAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var ended = await RunAsync(arguments, environment);
        Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode}\n{ended.Output}\n{ended.Error}");
        return ended;
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> WaitAsync()
    {
        using var limit = new CancellationTokenSource(RunMax);
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(_outputEnd.Task, _errorEnd.Task).WaitAsync(limit.Token);
        return new Ended(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits until a condition holds, for as long as the program runs.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.False(HasExited, $"ended before {what}:\n{Output}\n{Error}");
            Assert.True(Stopwatch.GetElapsedTime(began) < RunMax, $"too long until {what}:\n{Output}\n{Error}");
            await Task.Delay(20);
        }
    }

    /// <summary>Sends a signal, as Ctrl-C or an orchestrator does.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Ends the program as a crash of the machine would: nothing in it learns of it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static void Keep(StringBuilder kept, string? line, TaskCompletionSource end)
    {
        if (line is null)
        {
            end.TrySetResult();
            return;
        }

        lock (kept)
        {
            kept.AppendLine(line);
        }
    }

    private static string Read(StringBuilder kept)
    {
        lock (kept)
        {
            return kept.ToString();
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sentinel.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("There is no Sentinel.sln above the tests.");
    }
}
