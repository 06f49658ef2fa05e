using System.Collections.Immutable;
using System.Text;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>
/// Hides what customers wrote and leaves legible what makes a frame: words that at least three excerpts, and at least half of
/// them, have.
/// </summary>
internal static class ExcerptMask
{
    private const int SharedMin = 3;
    private const char Hidden = '•';

    /// <summary>The same excerpts, masked.</summary>
    public static ImmutableArray<ExcerptRow> Mask(ImmutableArray<ExcerptRow> rows)
    {
        var shared = Shared(rows);
        return [.. rows.Select(row => row with { Text = Mask(row.Text, shared) })];
    }

    private static HashSet<string> Shared(ImmutableArray<ExcerptRow> rows)
    {
        var least = Math.Max(SharedMin, (rows.Length + 1) / 2);
        return rows.SelectMany(static row => WordsOf(row.Text).Distinct(StringComparer.Ordinal))
            .GroupBy(static word => word, StringComparer.Ordinal)
            .Where(group => group.Count() >= least)
            .Select(static group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> WordsOf(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = EndOf(text, start);
            if (IsWord(text[start]))
            {
                yield return text[start..end];
            }

            start = end;
        }
    }

    private static string Mask(string text, HashSet<string> shared)
    {
        var masked = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = EndOf(text, start);
            var run = text[start..end];
            masked.Append(!IsWord(text[start]) || shared.Contains(run) ? run : new string(Hidden, Math.Min(run.Length, 8)));
            start = end;
        }

        return masked.ToString();
    }

    private static int EndOf(string text, int start)
    {
        var end = start + 1;
        while (end < text.Length && IsWord(text[end]) == IsWord(text[start]))
        {
            end++;
        }

        return end;
    }

    // A surrogate is part of a word: most of what lies beyond the basic plane are letters and pictures.
    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c == '\'' || char.IsSymbol(c);
}
