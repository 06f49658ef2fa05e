namespace Sentinel.Detection;

/// <summary>Event time cut into ticks of equal length, numbered from 1970.</summary>
internal static class Ticks
{
    /// <summary>The tick that a time lies in.</summary>
    public static long Of(long atMs, TimeSpan length) =>
        (long)Math.Floor(atMs / length.TotalMilliseconds);

    /// <summary>First millisecond of the tick that a time lies in.</summary>
    public static long StartOf(long atMs, TimeSpan length) => EndOf(Of(atMs, length) - 1, length);

    /// <summary>First millisecond after a tick.</summary>
    public static long EndOf(long tick, TimeSpan length) => (tick + 1) * (long)length.TotalMilliseconds;
}
