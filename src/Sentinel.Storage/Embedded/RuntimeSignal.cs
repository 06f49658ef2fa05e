using System.Runtime.InteropServices;

namespace Sentinel.Storage.Embedded;

/// <summary>
/// Keeps the signal by which the .NET runtime stops its threads for a collection. The engine takes the first real-time signal
/// for its table <c>system.stack_trace</c> when it starts (ClickHouse, StorageSystemStackTrace), whatever it was told about
/// signal handlers, and it is the one that the runtime uses (SIGRTMIN, coreclr, pal/src/exception/signal.cpp). Without it a
/// thread in a loop that neither calls nor allocates cannot be stopped, and everything else waits for it. The table answers
/// nothing then; nobody here asks it.
/// </summary>
internal static unsafe partial class RuntimeSignal
{
    // The C library's struct sigaction has 152 bytes on 64-bit Linux.
    private const int ActionBytes = 256;

    /// <summary>Does something that starts the engine, and gives the signal back to the runtime. Linux only.</summary>
    /// <exception cref="InvalidOperationException">The C library refused.</exception>
    public static T KeptWhile<T>(Func<T> starts)
    {
        var signal = FirstRealTime();
        var action = stackalloc byte[ActionBytes];
        Check(Exchange(signal, null, action));
        try
        {
            return starts();
        }
        finally
        {
            Check(Exchange(signal, action, null));
        }
    }

    /// <summary>Address of what handles the signal now.</summary>
    internal static nint Handler()
    {
        var action = stackalloc byte[ActionBytes];
        Check(Exchange(FirstRealTime(), null, action));
        return *(nint*)action;
    }

    private static void Check(int outcome)
    {
        if (outcome != 0)
        {
            throw new InvalidOperationException("The handler of the runtime's signal can be neither read nor set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "__libc_current_sigrtmin")]
    private static partial int FirstRealTime();

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Exchange(int signal, byte* action, byte* before);
}
