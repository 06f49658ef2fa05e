namespace Sentinel.Hosting;

/// <summary>Ends a command with one clear line for the person who typed it, and no stack trace.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>An end with its exit code.</summary>
    public CommandException(int exitCode, string message, Exception? cause = null)
        : base(message, cause) => ExitCode = exitCode;

    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }

    /// <summary>The command line or an input that it names is at fault.</summary>
    public static CommandException Usage(string message) => new(ExitCodes.Usage, message);

    /// <summary>Something else is.</summary>
    public static CommandException Failed(string message, Exception? cause = null) =>
        new(ExitCodes.Failure, message, cause);
}
