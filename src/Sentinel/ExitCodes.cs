namespace Sentinel.Hosting;

/// <summary>What the program returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>It could not be done, through no fault of the command line.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong, or names an input that cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells count it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
