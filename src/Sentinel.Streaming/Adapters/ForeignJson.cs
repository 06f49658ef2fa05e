using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Opens JSON that others wrote so that nothing read from it can throw: it is UTF-8, nested at most
/// <see cref="ExchangeDecoder.DepthMax"/> deep, and half a surrogate pair, which JSON allows and text cannot hold, has
/// become U+FFFD.
/// </summary>
internal static class ForeignJson
{
    private const int EscapeLength = 6; // \uXXXX

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ExchangeDecoder.DepthMax };

    /// <summary>Opens a text; false when it is not one JSON value. The caller disposes of the document.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> json, out JsonDocument? document, out DecodeFaultKind fault)
    {
        document = null;
        fault = DecodeFaultKind.InvalidUtf8;
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        var text = json.ToArray();
        ReplaceHalfPairs(text);
        try
        {
            document = JsonDocument.Parse(text, Options);
            fault = DecodeFaultKind.None;
            return true;
        }
        catch (JsonException)
        {
            fault = DecodeFaultKind.NotJson; // The reader's way to say so; here it becomes a value.
            return false;
        }
    }

    /// <summary>Opens a text that stands in a property of another; false when it is no JSON object or array.</summary>
    public static bool TryOpenInner(string text, out JsonDocument? document)
    {
        document = null;
        var start = text.AsSpan().TrimStart();
        return start.Length > 1 && start[0] is '{' or '[' && TryOpen(Encoding.UTF8.GetBytes(text), out document, out _);
    }

    private static void ReplaceHalfPairs(Span<byte> json)
    {
        for (var at = 0; ;)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0 || at + next + EscapeLength > json.Length)
            {
                return;
            }

            at += next;
            var unit = UnitAt(json, at);
            if (unit < 0)
            {
                at += 2; // Another escape: its second byte begins none.
                continue;
            }

            var second = at + (2 * EscapeLength) <= json.Length ? UnitAt(json, at + EscapeLength) : -1;
            if (unit is >= 0xD800 and < 0xDC00 && second is >= 0xDC00 and < 0xE000)
            {
                at += 2 * EscapeLength;
                continue;
            }

            if (unit is >= 0xD800 and < 0xE000)
            {
                "fffd"u8.CopyTo(json[(at + 2)..]);
            }

            at += EscapeLength;
        }
    }

    private static int UnitAt(ReadOnlySpan<byte> json, int at) =>
        json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(
            json.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? unit
            : -1;

    /// <summary>The bytes of a value as they were written.</summary>
    public static ReadOnlySpan<byte> RawOf(JsonElement element) => JsonMarshal.GetRawUtf8Value(element);
}
