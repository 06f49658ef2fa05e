namespace Sentinel.Reports.Siem;

/// <summary>What the program is called in other people's systems, where "Sentinel" alone means something else.</summary>
internal static class SiemProduct
{
    public const string Vendor = "LLM Sentinel";
    public const string Name = "llm-sentinel";

    /// <summary>0 to 10.</summary>
    public static int SeverityOf(double risk) => risk switch
    {
        >= 0.99 => 9,
        >= 0.9 => 7,
        >= 0.5 => 5,
        _ => 3,
    };
}
