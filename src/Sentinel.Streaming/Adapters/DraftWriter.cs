using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sentinel.Detection.Readings;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Finishes drafts and writes them as lines of exchange.v1. What a draft lacks is left out: the decoder then says which
/// required property is missing. Not thread-safe.
/// </summary>
internal sealed class DraftWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _scratch = new();
    private readonly uint[] _sketch = new uint[MinHashSketch.Length];

    /// <summary>Derives what other properties of the draft tell: the event's id, the latency, the turn.</summary>
    public void Finish(ExchangeDraft draft)
    {
        if (draft.Number(ExchangeDraft.EndedAt) is { } end && draft.Number(ExchangeDraft.StartedAt) is { } start
            && end >= start)
        {
            draft.Set("response.latency_ms", end - start);
        }

        if (draft.Find("response.finish_reason") is "content_filter" or "refusal")
        {
            draft.Set("response.refused", true);
        }

        // The text itself goes no further than this.
        if (draft.ResponseText.Length > 0)
        {
            var text = Encoding.UTF8.GetBytes(draft.ResponseText.ToString());
            if (MinHashSketch.Compute(text, _sketch))
            {
                draft.Set("response.output_sketch", _sketch.ToArray());
            }
        }

        draft.Set("event_id", EventIdOf(draft));
    }

    /// <summary>
    /// What names a call: its id and trace, the id alone, or else a hash of all that is known of it, so that the same
    /// record gets the same id again.
    /// </summary>
    public string EventIdOf(ExchangeDraft draft)
    {
        const int CharsMax = 64;
        if (draft.Find("event_id") is string known)
        {
            return known;
        }

        if (draft.Find(ExchangeDraft.CallId) is not string id)
        {
            _scratch.ResetWrittenCount();
            Write(draft, _scratch);
            return ExchangeDraft.HashOf("d-", _scratch.WrittenSpan);
        }

        var name = draft.Find(ExchangeDraft.TraceId) is string trace && trace != id ? $"{id}:{trace}" : id;
        return Encoding.UTF8.GetByteCount(name) <= CharsMax ? name : ExchangeDraft.HashOf("h-", name);
    }

    /// <summary>Writes the draft on one line, with its line end.</summary>
    public static void Write(ExchangeDraft draft, ArrayBufferWriter<byte> target)
    {
        using (var json = new Utf8JsonWriter(target, Options))
        {
            json.WriteStartObject();
            var parent = "";
            foreach (var property in ExchangeProperties.All)
            {
                if (!draft.Has(property) && !(property == "request.messages" && draft.Messages.Count > 0))
                {
                    continue;
                }

                var dot = property.IndexOf('.', StringComparison.Ordinal);
                parent = MoveTo(json, parent, dot < 0 ? "" : property[..dot]);
                json.WritePropertyName(property[(dot + 1)..]);
                WriteValue(json, draft, property);
            }

            MoveTo(json, parent, "");
            json.WriteEndObject();
        }

        target.Write("\n"u8);
    }

    private static string MoveTo(Utf8JsonWriter json, string parent, string next)
    {
        if (parent == next)
        {
            return next;
        }

        if (parent.Length > 0)
        {
            json.WriteEndObject();
        }

        if (next.Length > 0)
        {
            json.WriteStartObject(next);
        }

        return next;
    }

    private static void WriteValue(Utf8JsonWriter json, ExchangeDraft draft, string property)
    {
        if (property == "request.messages")
        {
            WriteMessages(json, draft.Messages);
            return;
        }

        switch (draft.Find(property))
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case long milliseconds when property is "occurred_at" or "account.created_at":
                json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                    .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double real:
                json.WriteNumberValue(real);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case List<string> texts:
                json.WriteStartArray();
                texts.ForEach(json.WriteStringValue);
                json.WriteEndArray();
                break;
            case uint[] minima:
                json.WriteStartArray();
                Array.ForEach(minima, json.WriteNumberValue);
                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"A draft holds no such value for {property}.");
        }
    }

    private static void WriteMessages(Utf8JsonWriter json, List<(string Role, string? Content)> messages)
    {
        json.WriteStartArray();
        foreach (var (role, content) in messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, role);
            json.WriteString("content"u8, content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
