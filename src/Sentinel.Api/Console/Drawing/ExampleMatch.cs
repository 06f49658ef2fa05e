using System.Collections.Immutable;

namespace Sentinel.Api.Console.Drawing;

/// <summary>A run of words of an example.</summary>
/// <param name="Text">The words.</param>
/// <param name="IsShared">Whether every other example has them too.</param>
public readonly record struct ExamplePart(string Text, bool IsShared);

/// <summary>Tells what examples have in common: runs of three words that are in all of them.</summary>
public static class ExampleMatch
{
    private const int RunMin = 3;
    private const int WordsMax = 2_000;

    /// <summary>Each example cut into what all share and what is its own. Nothing is shared by one alone.</summary>
    public static ImmutableArray<ImmutableArray<ExamplePart>> Compare(IReadOnlyList<string> examples)
    {
        var words = examples.Select(static text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Take(WordsMax).ToArray()).ToArray();
        var runs = words.Select(RunsOf).ToArray();
        var common = runs.Length < 2
            ? []
            : runs.Skip(1).Aggregate(
                new HashSet<string>(runs[0], StringComparer.Ordinal),
                static (sum, next) =>
                {
                    sum.IntersectWith(next);
                    return sum;
                });
        return [.. words.Select(text => PartsOf(text, common))];
    }

    private static HashSet<string> RunsOf(string[] words) => Enumerable.Range(0, Math.Max(0, words.Length - RunMin + 1))
        .Select(i => RunAt(words, i)).ToHashSet(StringComparer.Ordinal);

    private static string RunAt(string[] words, int at) =>
        string.Join(' ', words.Skip(at).Take(RunMin)).ToUpperInvariant();

    private static ImmutableArray<ExamplePart> PartsOf(string[] words, HashSet<string> common)
    {
        var shared = new bool[words.Length];
        for (var i = 0; i + RunMin <= words.Length; i++)
        {
            if (common.Contains(RunAt(words, i)))
            {
                shared.AsSpan(i, RunMin).Fill(true);
            }
        }

        var parts = ImmutableArray.CreateBuilder<ExamplePart>();
        for (var from = 0; from < words.Length;)
        {
            var to = from;
            while (to < words.Length && shared[to] == shared[from])
            {
                to++;
            }

            parts.Add(new ExamplePart(string.Join(' ', words[from..to]), shared[from]));
            from = to;
        }

        return parts.ToImmutable();
    }
}
