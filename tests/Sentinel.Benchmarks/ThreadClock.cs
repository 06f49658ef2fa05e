using System.Runtime.InteropServices;

namespace Sentinel.Benchmarks;

/// <summary>Processor time of the calling thread: what it took itself, however busy the machine is.</summary>
internal static class ThreadClock
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux.

    /// <summary>Nanoseconds of processor so far.</summary>
    public static double Now =>
        clock_gettime(ThreadProcessorTime, out var time) == 0
            ? (time.Seconds * 1e9) + time.Nanoseconds
            : throw new PlatformNotSupportedException("There is no clock of the thread's processor time.");

    [DllImport("libc", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
