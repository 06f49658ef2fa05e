using System.Text;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Writes a frame out for people: the words that the masked excerpts of several accounts have in common, in their
/// order, with ⟨…⟩ where they differ. What only one account wrote cannot appear in it.
/// </summary>
internal static class FrameText
{
    /// <summary>Longest text, characters.</summary>
    public const int CharactersMax = 600;

    private const string Slot = "⟨…⟩";
    private const string PartSeparator = "␟";
    private const int WordsMax = 160;

    /// <summary>The frame's text, or null when fewer than two excerpts are known or they share too little.</summary>
    public static string? Of(IReadOnlyList<string> excerpts)
    {
        if (excerpts.Count < 2)
        {
            return null;
        }

        var common = Words(excerpts[0]);
        for (var i = 1; i < excerpts.Count; i++)
        {
            common = InCommon(common, Words(excerpts[i]));
        }

        return Write(common);
    }

    private static List<string> Words(string excerpt)
    {
        var words = new List<string>();
        foreach (var word in excerpt.Replace(PartSeparator, $" {PartSeparator} ", StringComparison.Ordinal)
                     .Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count == WordsMax)
            {
                break;
            }

            words.Add(word);
        }

        return words;
    }

    // Longest common subsequence; a gap on either side becomes one slot.
    private static List<string> InCommon(List<string> left, List<string> right)
    {
        var lengths = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
            {
                lengths[i, j] = IsSame(left[i], right[j])
                    ? lengths[i + 1, j + 1] + 1
                    : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        var common = new List<string>();
        int l = 0, r = 0;
        while (l < left.Count || r < right.Count)
        {
            if (l < left.Count && r < right.Count && IsSame(left[l], right[r]))
            {
                common.Add(left[l]);
                (l, r) = (l + 1, r + 1);
                continue;
            }

            AddSlot(common);
            if (r == right.Count || (l < left.Count && lengths[l + 1, r] >= lengths[l, r + 1]))
            {
                l++;
            }
            else
            {
                r++;
            }
        }

        return common;
    }

    private static bool IsSame(string left, string right) => left != Slot && string.Equals(left, right, StringComparison.Ordinal);

    private static void AddSlot(List<string> words)
    {
        if (words.Count == 0 || words[^1] != Slot)
        {
            words.Add(Slot);
        }
    }

    private static string? Write(List<string> words)
    {
        var text = new StringBuilder();
        var kept = 0;
        foreach (var word in words)
        {
            var shown = word == PartSeparator ? Slot : word;
            if (text.Length + shown.Length + 1 > CharactersMax)
            {
                break;
            }

            if (shown == Slot && text.Length >= Slot.Length && text.ToString().EndsWith(Slot, StringComparison.Ordinal))
            {
                continue;
            }

            kept += shown == Slot ? 0 : 1;
            text.Append(text.Length == 0 ? "" : " ").Append(shown);
        }

        return kept < 3 ? null : text.ToString();
    }
}
