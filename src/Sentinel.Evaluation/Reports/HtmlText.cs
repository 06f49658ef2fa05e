using System.Text.Encodings.Web;

namespace Sentinel.Evaluation.Reports;

/// <summary>Text from outside on a page: names of folders, campaigns and classes.</summary>
internal static class HtmlText
{
    /// <summary>Fit for element content and quoted attributes.</summary>
    public static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
