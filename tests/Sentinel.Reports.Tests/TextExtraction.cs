using System.Text;

namespace Sentinel.Reports.Tests;

/// <summary>All text of a written report.</summary>
internal static class TextExtraction
{
    public static string Of(string format, byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
