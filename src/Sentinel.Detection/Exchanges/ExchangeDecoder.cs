using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// Decodes a line of <c>exchange.v1</c> (schemas/exchange.v1.schema.json). Unknown properties are skipped, a missing
/// optional one, or null, is unknown, of a property that is there twice the last counts. What the schema does not
/// allow is a fault, with two exceptions: where only a format is not met (a creation time, an address), the property
/// is unknown; and a list may be null. Pure; keeps no state; a good line allocates nothing once the exchange's buffers
/// have grown.
/// </summary>
public static class ExchangeDecoder
{
    /// <summary>Longest line, bytes.</summary>
    public const int LineBytesMax = 4 * 1024 * 1024;

    /// <summary>Deepest nesting, also of what is skipped.</summary>
    public const int DepthMax = 64;

    private const int ScratchBytes = 256;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DepthMax };

    /// <summary>
    /// Decodes <paramref name="line"/> into <paramref name="exchange"/>, which is meaningless after a fault. Never
    /// throws, whatever the bytes.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> line, Exchange exchange, out DecodeFault fault)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        exchange.Clear();
        if (line.Length > LineBytesMax)
        {
            fault = new DecodeFault(DecodeFaultKind.TooLong, "", LineBytesMax);
            return false;
        }

        var mark = line.StartsWith("\uFEFF"u8) ? 3 : 0;
        var json = line[mark..];
        if (json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            fault = new DecodeFault(DecodeFaultKind.Empty, "", 0);
            return false;
        }

        if (!Utf8.IsValid(json))
        {
            fault = new DecodeFault(DecodeFaultKind.InvalidUtf8, "", mark + FirstInvalid(json));
            return false;
        }

        fault = Parse(json, exchange);
        fault = fault with { Position = fault.Position + mark };
        return fault.Kind == DecodeFaultKind.None;
    }

    private static DecodeFault Parse(ReadOnlySpan<byte> json, Exchange exchange)
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        var parser = new ExchangeParser(new Utf8JsonReader(json, Options), exchange, scratch);
        try
        {
            parser.Read();
            return parser.Fault;
        }
        catch (JsonException exception)
        {
            // The reader's way to say that the syntax is broken; here it becomes a value.
            var position = exception is { LineNumber: 0, BytePositionInLine: { } inLine }
                ? inLine
                : parser.BytesConsumed;
            var at = (int)Math.Clamp(position, 0, json.Length);
            var opens = at < json.Length && json[at] is (byte)'{' or (byte)'[';
            var kind = opens && parser.Depth >= DepthMax - 1 ? DecodeFaultKind.TooDeep : DecodeFaultKind.NotJson;
            return new DecodeFault(kind, "", at);
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }
}
