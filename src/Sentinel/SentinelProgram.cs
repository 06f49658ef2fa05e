using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Sentinel.Hosting.CommandLine;

namespace Sentinel.Hosting;

/// <summary>Runs one command line: an exit code out, and one clear line for what went wrong.</summary>
internal static class SentinelProgram
{
    /// <summary>Parses and runs; never throws for what a person can type.</summary>
    public static async Task<int> RunAsync(
        string[] args, VerbActions actions, TextWriter output, TextWriter error)
    {
        var root = SentinelCommands.Build(actions);
        if (args.Length == 0)
        {
            await root.Parse(["--help"]).InvokeAsync(Invocation(output, error), CancellationToken.None);
            return ExitCodes.Ok;
        }

        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            await error.WriteLineAsync($"sentinel: {WhatIsWrong(parsed)}");
            await error.WriteLineAsync($"Try: sentinel {NameOf(parsed)}--help");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(Invocation(output, error), CancellationToken.None);
        }
        catch (CommandException cause)
        {
            await error.WriteLineAsync($"sentinel: {OneLine(cause.Message)}");
            return cause.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("sentinel: stopped");
            return ExitCodes.Interrupted;
        }
#pragma warning disable CA1031 // The host's top loop: whatever else went wrong ends the program with one line.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            await error.WriteLineAsync($"sentinel: {cause.GetType().Name}: {OneLine(cause.Message)}");
            if (Environment.GetEnvironmentVariable("LLMSENTINEL_STACK_TRACES") == "1")
            {
                await error.WriteLineAsync(cause.ToString());
            }

            return ExitCodes.Failure;
        }
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null, // Each verb treats Ctrl-C in its own way: stop cleanly, or drain.
    };

    // A word that is no command says more than that a command is missing.
    private static string WhatIsWrong(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens.Count > 0
            ? $"there is no command '{parsed.UnmatchedTokens[0]}'"
            : parsed.Errors[0].Message;

    private static string NameOf(ParseResult parsed) =>
        string.Concat(NamesOf(parsed.CommandResult).Reverse().Select(static name => name + " "));

    private static IEnumerable<string> NamesOf(CommandResult result)
    {
        for (var at = result; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
        {
            yield return at.Command.Name;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
