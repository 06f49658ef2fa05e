namespace Sentinel.Api.Console.Views;

/// <summary>Masked text as people read it. It stays text: nothing of it is ever markup.</summary>
internal static class MaskedText
{
    private const string LineEnd = "⏎";
    private const string LeftOut = "␟";

    /// <summary>With lines where lines ended, and a sign where something was left out.</summary>
    public static string Readable(string text) => text
        .Replace(LineEnd, "\n", StringComparison.Ordinal)
        .Replace(LeftOut, " ⋯ ", StringComparison.Ordinal);

    /// <summary>The same in one line of at most so many letters.</summary>
    public static string InLine(string text, int lettersMax)
    {
        var line = Readable(text).Replace('\n', ' ');
        return line.Length <= lettersMax ? line : string.Concat(line.AsSpan(0, lettersMax), "…");
    }
}
