using System.Buffers;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Evaluation.Traffic;

/// <summary>
/// Phrases that a provider would put on a list after reading the public disclosures, and the search for them in the
/// text of an exchange. Stateless.
/// </summary>
public static class KeywordLexicon
{
    // ASCII all of them, so that letters of one case in one are letters of one case in the other.
    private static readonly SearchValues<string> Phrases = SearchValues.Create(
    [
        "chain of thought", "chain-of-thought", "step by step reasoning", "reasoning trace", "internal reasoning",
        "inner monologue", "<think>", "<reasoning>", "thinking process", "show your reasoning", "scratchpad",
        "training data", "fine-tun", "instruction tuning", "synthetic", "distill", "dataset", "reward model",
        "preference pair", "rubric", "score from 1 to", "rate the response", "which response is better", "as a judge",
        "system prompt", "ignore previous", "ignore all previous", "verbatim", "jailbreak",
    ], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether any of the phrases is in what was sent to the model, whatever the letters' case.</summary>
    public static bool Matches(Exchange exchange)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        foreach (var segment in exchange.Segments)
        {
            if (segment.Role != SegmentRole.Assistant && Matches(exchange.TextOf(segment)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<byte> text)
    {
        var letters = ArrayPool<char>.Shared.Rent(text.Length); // A letter takes one byte at least.
        try
        {
            return letters.AsSpan(0, Encoding.UTF8.GetChars(text, letters)).ContainsAny(Phrases);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(letters);
        }
    }
}
