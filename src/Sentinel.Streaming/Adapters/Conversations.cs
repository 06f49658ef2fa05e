using System.Text;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Reads the messages of a request in any of the shapes that APIs have for them: a text, messages with a text or with
/// parts, the items of the responses API, and those of OpenTelemetry.
/// </summary>
internal static class Conversations
{
    private const string Modalities = "request.modalities";
    private const string ReasoningRefs = "request.reasoning_refs_presented";

    public static readonly Conversion Messages = new(
        "conversation",
        "Messages with their text. System messages at the head become the system prompt; a call of a tool is its name "
            + "and arguments on a line; a tool's result is a message of role `tool`; pictures, sound and files leave "
            + "only their kind in the modalities; encrypted reasoning only its hash.",
        static (value, draft, _) => Read(value, draft));

    public static readonly Conversion System = new(
        "system prompt", "Text, or the texts of parts, one after the other.",
        static (value, draft, target) =>
        {
            var text = new StringBuilder();
            ReadParts(value, "system", text, draft, depth: 0);
            return text.Length > 0 && draft.Set(target, text.ToString());
        });

    /// <summary>Hash under which a reasoning block is known when it is handed out and when it comes back.</summary>
    public static string ReasoningRef(string block) => ExchangeDraft.HashOf("", block);

    private static bool Read(JsonElement value, ExchangeDraft draft)
    {
        if (draft.Messages.Count > 0)
        {
            return true;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            ReadText(value, draft);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            // Some gateways keep the whole request where its messages should be.
            if (value.TryGetProperty("messages", out var inner) && inner.ValueKind == JsonValueKind.Array)
            {
                return Read(inner, draft);
            }

            ReadItem(value, draft);
        }

        foreach (var item in Conversions.Items(value))
        {
            ReadItem(item, draft);
        }

        Finish(draft);
        return draft.Messages.Count > 0;
    }

    private static void ReadText(JsonElement value, ExchangeDraft draft)
    {
        var text = value.GetString()!;
        if (ForeignJson.TryOpenInner(text, out var document))
        {
            using (document)
            {
                if (document!.RootElement.ValueKind == JsonValueKind.Array && LooksLikeMessages(document.RootElement))
                {
                    Read(document.RootElement, draft);
                    return;
                }
            }
        }

        if (Conversions.TextOf(value) is not null)
        {
            draft.Messages.Add(("user", text));
            draft.Add(Modalities, "text");
        }
    }

    private static bool LooksLikeMessages(JsonElement list) =>
        list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object
        && (list[0].TryGetProperty("role", out _) || list[0].TryGetProperty("type", out _));

    private static void ReadItem(JsonElement item, ExchangeDraft draft)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            if (Conversions.TextOf(item) is not null && item.ValueKind == JsonValueKind.String)
            {
                draft.Messages.Add(("user", item.GetString()));
                draft.Add(Modalities, "text");
            }

            return;
        }

        var role = TextAt(item, "role") ?? RoleOf(TextAt(item, "type"));
        var text = new StringBuilder();
        var before = draft.Messages.Count;
        if (item.TryGetProperty("content", out var content) || item.TryGetProperty("parts", out content))
        {
            ReadParts(content, role, text, draft, depth: 0);
        }
        else
        {
            ReadPart(item, role, text, draft, depth: 0);
        }

        if (item.TryGetProperty("tool_calls", out var calls))
        {
            ReadParts(calls, role, text, draft, depth: 0);
        }

        // A message that was nothing but results of tools has become messages of its own.
        if (text.Length > 0 || draft.Messages.Count == before)
        {
            draft.Messages.Add((role, text.Length > 0 ? text.ToString() : null));
        }
    }

    private static string RoleOf(string? type) => type switch
    {
        "function_call" or "reasoning" => "assistant",
        "function_call_output" => "tool",
        _ => "user",
    };

    private static void ReadParts(JsonElement parts, string role, StringBuilder text, ExchangeDraft draft, int depth)
    {
        if (parts.ValueKind == JsonValueKind.String)
        {
            if (role == "system" && ForeignJson.TryOpenInner(parts.GetString()!, out var document))
            {
                using (document)
                {
                    ReadParts(document!.RootElement, role, text, draft, depth + 1);
                }
            }
            else if (Conversions.TextOf(parts) is not null)
            {
                AppendLine(text, parts.GetString()!);
                draft.Add(Modalities, "text");
            }
        }
        else if (parts.ValueKind == JsonValueKind.Object)
        {
            ReadPart(parts, role, text, draft, depth);
        }

        foreach (var part in Conversions.Items(parts))
        {
            if (part.ValueKind == JsonValueKind.String)
            {
                ReadParts(part, "", text, draft, depth);
            }
            else if (part.ValueKind == JsonValueKind.Object)
            {
                ReadPart(part, role, text, draft, depth);
            }
        }
    }

    private static void ReadPart(JsonElement part, string role, StringBuilder text, ExchangeDraft draft, int depth)
    {
        const int DepthMax = 4; // A result in a result is no message any more.
        var type = TextAt(part, "type") ?? "";
        if (depth > DepthMax)
        {
            return;
        }

        switch (type)
        {
            case "tool_result" or "tool_call_response" or "function_call_output":
                ReadToolResult(part, role, text, draft, depth);
                break;
            case "tool_use" or "tool_call" or "function_call" or "function" or "server_tool_use":
                AppendLine(text, CallText(part));
                break;
            case "thinking" or "redacted_thinking" or "reasoning":
                ReadReasoning(part, draft);
                break;
            case "blob" or "uri" or "file_data" when TextAt(part, "modality") is { } modality:
                draft.Add(Modalities, modality);
                break;
            case var _ when ModalityOf(type) is { } modality:
                draft.Add(Modalities, modality);
                break;
            default:
                ReadTextPart(part, text, draft, depth);
                break;
        }
    }

    private static string? ModalityOf(string type) =>
        type.Contains("image", StringComparison.Ordinal) ? "image"
        : type.Contains("audio", StringComparison.Ordinal) ? "audio"
        : type.Contains("video", StringComparison.Ordinal) ? "video"
        : type is "file" or "input_file" or "document" ? "file"
        : null;

    private static void ReadTextPart(JsonElement part, StringBuilder text, ExchangeDraft draft, int depth)
    {
        foreach (var name in (ReadOnlySpan<string>)["text", "content", "input_text", "refusal"])
        {
            if (part.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String)
            {
                ReadParts(value, "", text, draft, depth + 1);
                return;
            }
        }

        // A call in the list of calls of a message has no type in older records.
        if (part.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
        {
            AppendLine(text, CallText(part));
        }
    }

    private static void ReadToolResult(
        JsonElement part, string role, StringBuilder text, ExchangeDraft draft, int depth)
    {
        var result = new StringBuilder();
        foreach (var name in (ReadOnlySpan<string>)["content", "output", "response", "result"])
        {
            if (part.TryGetProperty(name, out var value))
            {
                ReadParts(value, "", result, draft, depth + 1);
                break;
            }
        }

        if (role == "tool")
        {
            AppendLine(text, result.ToString());
        }
        else if (role != "system")
        {
            draft.Messages.Add(("tool", result.Length > 0 ? result.ToString() : null));
        }
    }

    private static void ReadReasoning(JsonElement part, ExchangeDraft draft)
    {
        foreach (var name in (ReadOnlySpan<string>)["signature", "data", "encrypted_content"])
        {
            if (TextAt(part, name) is { } block)
            {
                draft.Add(ReasoningRefs, ReasoningRef(block));
            }
        }
    }

    private static string CallText(JsonElement call)
    {
        var body = call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
            ? function
            : call;
        var name = TextAt(body, "name") ?? "tool";
        foreach (var property in (ReadOnlySpan<string>)["arguments", "input"])
        {
            if (body.TryGetProperty(property, out var arguments) && arguments.ValueKind != JsonValueKind.Null)
            {
                return arguments.ValueKind == JsonValueKind.String
                    ? $"{name} {arguments.GetString()}"
                    : $"{name} {Encoding.UTF8.GetString(ForeignJson.RawOf(arguments))}";
            }
        }

        return name;
    }

    private static void Finish(ExchangeDraft draft)
    {
        var head = 0;
        var system = new StringBuilder();
        while (head < draft.Messages.Count && draft.Messages[head].Role is "system" or "developer")
        {
            AppendLine(system, draft.Messages[head++].Content ?? "");
        }

        if (head > 0 && !draft.Has("request.system"))
        {
            draft.Messages.RemoveRange(0, head);
            if (system.Length > 0)
            {
                draft.Set("request.system", system.ToString());
            }
        }

        var turns = draft.Messages.Count(static message => message.Role == "user");
        if (turns > 0 && !draft.Has(ExchangeDraft.Continues))
        {
            draft.Set("request.turn", (long)turns);
        }
    }

    private static string? TextAt(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Conversions.TextOf(value)
            : null;

    private static void AppendLine(StringBuilder text, string line)
    {
        if (text.Length > 0 && line.Length > 0)
        {
            text.Append('\n');
        }

        text.Append(line);
    }
}
