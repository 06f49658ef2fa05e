namespace Sentinel.Browser.Tests;

/// <summary>A test in a real browser: Debian's Chromium. Skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfBrowserAttribute : FactAttribute
{
    /// <summary>Where it is.</summary>
    public const string Chromium = "/usr/bin/chromium";

    public FactIfBrowserAttribute()
    {
        if (!File.Exists(Chromium))
        {
            Skip = $"There is no {Chromium} (Debian: apt-get install chromium).";
        }
    }
}
