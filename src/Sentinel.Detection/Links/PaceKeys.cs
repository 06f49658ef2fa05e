using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Links;

/// <summary>
/// The keys of a steady pace: a fifth wide together with the frame that the account mostly sends, and a fiftieth wide
/// by itself. Each width has two grids, so that paces half a width apart always share a key. Jobs that run every hour
/// or every five minutes belong to no one: such a pace is no key.
/// </summary>
internal static class PaceKeys
{
    /// <summary>Keys of one account at one time.</summary>
    public const int CountMax = 4;

    private const double WideLog = 0.2;
    private const double FineLog = 0.02;
    private const double MainFrameShare = 0.5;
    private const double CalendarTolerance = 0.005;
    private const ulong WideSalt = 0x57494445;
    private const ulong FineSalt = 0x46494E45;

    private static ReadOnlySpan<int> CalendarSeconds =>
    [
        1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 360, 600, 720, 900, 1200, 1800, 2700, 3600,
        5400, 7200, 10800, 14400, 21600, 28800, 43200, 86400, 172800, 604800,
    ];

    /// <summary>The keys of the account's pace; none where it keeps a clock's.</summary>
    /// <param name="profile">An account whose pace is steady.</param>
    /// <param name="keys">Gets at most <see cref="CountMax"/>.</param>
    public static int Of(AccountProfile profile, Span<ulong> keys)
    {
        var meanMs = profile.PaceGapMs;
        if (KeepsCalendar(meanMs))
        {
            return 0;
        }

        var count = 0;
        if (MainFrame(profile) is var frame and not 0)
        {
            AddGrids(KeyHash.Combine(WideSalt, frame), meanMs, WideLog, keys, ref count);
        }

        AddGrids(FineSalt, meanMs, FineLog, keys, ref count);
        return count;
    }

    private static bool KeepsCalendar(double meanMs)
    {
        foreach (var seconds in CalendarSeconds)
        {
            if (Math.Abs((meanMs / (seconds * 1000.0)) - 1) < CalendarTolerance)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddGrids(ulong salt, double meanMs, double width, Span<ulong> keys, ref int count)
    {
        var place = Math.Log(meanMs) / width;
        keys[count++] = KeyHash.Combine(salt, (ulong)(2 * (long)Math.Floor(place)));
        keys[count++] = KeyHash.Combine(salt, (ulong)((2 * (long)Math.Floor(place + 0.5)) + 1));
    }

    private static ulong MainFrame(AccountProfile profile)
    {
        var slots = profile.Frames.InUse;
        for (var i = 1; i < slots.Length; i++)
        {
            ref readonly var slot = ref slots[i];
            if (slot.Count >= MainFrameShare * profile.ExchangeCount)
            {
                return slot.Tags.Name;
            }
        }

        return 0;
    }
}
