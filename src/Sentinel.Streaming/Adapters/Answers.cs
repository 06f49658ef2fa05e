using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Reads a response in any of the shapes that APIs have for it: chat completions, completions, the responses API,
/// messages, OpenTelemetry's output messages, and streams of any of them as a list of chunks or as sent.
/// </summary>
internal static class Answers
{
    private const string FinishReason = "response.finish_reason";
    private const int DepthMax = 12; // A part of a whole answer stands at 5, in a text in a stream at 8.

    public static readonly Conversion Answer = new(
        "answer",
        "The response, whole or as chunks of a stream: why it ended, whether it declined, its tokens, the sketch of "
            + "its text and the hash of its last encrypted reasoning. The text itself goes no further.",
        static (value, draft, _) =>
        {
            if (draft.ResponseText.Length > 0)
            {
                return true;
            }

            Read(value, draft, depth: 0);
            return draft.ResponseText.Length > 0 || draft.Has(FinishReason);
        });

    private static void Read(JsonElement value, ExchangeDraft draft, int depth)
    {
        if (depth > DepthMax)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                ReadText(value, draft, depth);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Read(item, draft, depth + 1);
                }

                break;
            case JsonValueKind.Object:
                ReadObject(value, draft, depth);
                break;
            default:
                break;
        }
    }

    private static void ReadText(JsonElement value, ExchangeDraft draft, int depth)
    {
        var text = value.GetString()!;
        if (text.StartsWith("data:", StringComparison.Ordinal) || text.StartsWith("event:", StringComparison.Ordinal))
        {
            foreach (var line in text.AsSpan().EnumerateLines())
            {
                if (line.StartsWith("data:"))
                {
                    ReadInner(line[5..].Trim().ToString(), draft, depth);
                }
            }
        }
        else if (!ReadInner(text, draft, depth) && Conversions.TextOf(value) is not null)
        {
            draft.ResponseText.Append(text);
        }
    }

    private static bool ReadInner(string text, ExchangeDraft draft, int depth)
    {
        if (!ForeignJson.TryOpenInner(text, out var document))
        {
            return false;
        }

        using (document)
        {
            Read(document!.RootElement, draft, depth + 1);
        }

        return true;
    }

    private static void ReadObject(JsonElement answer, ExchangeDraft draft, int depth)
    {
        // A stream of the responses API says its text in deltas, again when a part is done, and in the end whole.
        var type = answer.TryGetProperty("type", out var value) ? Conversions.TextOf(value) ?? "" : "";
        if (type.EndsWith(".done", StringComparison.Ordinal))
        {
            return;
        }

        ReadEnd(answer, draft);
        ReadReasoning(answer, type, draft);
        foreach (var property in answer.EnumerateObject())
        {
            var isText = property.Value.ValueKind == JsonValueKind.String;
            switch (property.Name)
            {
                case "response" when type.StartsWith("response.", StringComparison.Ordinal):
                    draft.ResponseText.Clear();
                    Read(property.Value, draft, depth + 1);
                    break;
                case "choices" or "content" or "output" or "parts" or "message" or "delta" or "content_block"
                    when !isText:
                    Read(property.Value, draft, depth + 1);
                    break;
                case "text" or "content" when isText && type is not ("thinking" or "reasoning"):
                case "delta" when isText && type == "response.output_text.delta":
                    AppendText(property.Value, draft);
                    break;
                case "refusal" when isText && Conversions.TextOf(property.Value) is not null:
                    AppendText(property.Value, draft);
                    draft.Set("response.refused", true);
                    break;
                case "usage":
                    ReadUsage(property.Value, draft);
                    break;
                default:
                    break;
            }
        }
    }

    // Of a chunk also the white space counts, so nothing is trimmed.
    private static void AppendText(JsonElement text, ExchangeDraft draft)
    {
        if (!Conversions.IsRedacted(text))
        {
            draft.ResponseText.Append(text.GetString());
        }
    }

    private static void ReadEnd(JsonElement answer, ExchangeDraft draft)
    {
        foreach (var name in (ReadOnlySpan<string>)["finish_reason", "stop_reason"])
        {
            if (answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && Conversions.TextOf(value) is { } reason)
            {
                draft.Set(FinishReason, reason);
            }
        }

        var isResponse = answer.TryGetProperty("object", out var kind) && Conversions.TextOf(kind) == "response";
        if (isResponse && answer.TryGetProperty("status", out var status)
            && Conversions.TextOf(status) is { } ended and ("completed" or "incomplete" or "failed"))
        {
            draft.Set(FinishReason, ended);
        }
    }

    // The last block of an answer is the one that stands for it when it comes back.
    private static void ReadReasoning(JsonElement part, string type, ExchangeDraft draft)
    {
        if (type is not ("thinking" or "redacted_thinking" or "reasoning" or "signature_delta"))
        {
            return;
        }

        foreach (var name in (ReadOnlySpan<string>)["signature", "data", "encrypted_content"])
        {
            if (part.TryGetProperty(name, out var block) && Conversions.TextOf(block) is { } text)
            {
                draft.Replace("response.reasoning_ref_issued", Conversations.ReasoningRef(text));
            }
        }
    }

    private static void ReadUsage(JsonElement usage, ExchangeDraft draft)
    {
        foreach (var row in UsageRows)
        {
            if (usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty(row.Name, out var value))
            {
                if (row.Inner is null)
                {
                    ReplaceTokens(value, draft, row.Target);
                }
                else if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(row.Inner, out var inner))
                {
                    ReplaceTokens(inner, draft, row.Target);
                }
            }
        }
    }

    // Streams count upwards: the last figure is the whole one.
    private static void ReplaceTokens(JsonElement value, ExchangeDraft draft, string target)
    {
        if (Conversions.TryReal(value, out var tokens) && tokens is >= 1 and < int.MaxValue
            && (draft.Number(target) ?? 0) < (long)tokens)
        {
            draft.Replace(target, (long)tokens);
        }
    }

    private static readonly (string Name, string? Inner, string Target)[] UsageRows =
    [
        ("prompt_tokens", null, "response.input_tokens"),
        ("input_tokens", null, "response.input_tokens"),
        ("completion_tokens", null, "response.output_tokens"),
        ("output_tokens", null, "response.output_tokens"),
        ("completion_tokens_details", "reasoning_tokens", "response.reasoning_tokens"),
        ("output_tokens_details", "reasoning_tokens", "response.reasoning_tokens"),
    ];
}
