using System.Globalization;

namespace Sentinel.Api.Console.Views;

/// <summary>Numbers and times as the console writes them.</summary>
internal static class Shown
{
    /// <summary>A share as per cent: never 100 % unless it is.</summary>
    public static string Share(double share) => share >= 0.9995 && share < 1
        ? "> 99.9%"
        : (Math.Floor(share * 1_000) / 1_000).ToString("0.#%", CultureInfo.InvariantCulture);

    /// <summary>A count with thousands apart.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and its thing.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>A time to the minute, UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in the largest unit that says something.</summary>
    public static string Age(DateTimeOffset from, DateTimeOffset now)
    {
        var age = now - from;
        return age < TimeSpan.FromMinutes(1) ? "now"
            : age < TimeSpan.FromHours(1) ? $"{(int)age.TotalMinutes} min"
            : age < TimeSpan.FromDays(2) ? $"{(int)age.TotalHours} h"
            : $"{Count((int)age.TotalDays)} d";
    }

    /// <summary>A time still to come, from now.</summary>
    public static string Until(DateTimeOffset until, DateTimeOffset now) => Age(now, until);

    /// <summary>A hash that people compare by eye.</summary>
    public static string Key(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture)[..8];

    /// <summary>The day of a time, UTC.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Where it is shown who uses a key.</summary>
    public static string KeyHref(ulong key) => "/console/search?q=" + key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Where an account is shown.</summary>
    public static string AccountHref(string account) => "/console/accounts/" + Uri.EscapeDataString(account);

    /// <summary>Where a campaign is shown.</summary>
    public static string CampaignHref(string campaign) => "/console/campaigns/" + Uri.EscapeDataString(campaign);
}
