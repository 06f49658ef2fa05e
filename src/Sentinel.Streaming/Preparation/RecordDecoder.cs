using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Preparation;

/// <summary>
/// Decodes a record in either form of exchange.v1: the one that its header names, or else the one that its content
/// shows. A message of ours never begins with what a JSON object can begin with: its schema leaves out the one field
/// whose tag is white space.
/// </summary>
public static class RecordDecoder
{
    /// <summary>
    /// Decodes <paramref name="value"/> into <paramref name="exchange"/>, which is meaningless after a fault. Never
    /// throws, whatever the bytes.
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> value, RecordFormat format, Exchange exchange, out DecodeFault fault)
    {
        var known = format == RecordFormat.Unknown ? FormatOf(value) : format;
        return known == RecordFormat.Protobuf
            ? ProtobufExchangeDecoder.TryDecode(value, exchange, out fault)
            : ExchangeDecoder.TryDecode(value, exchange, out fault);
    }

    /// <summary>
    /// The form that the content shows: an opening brace after white space is JSON, and so is nothing at all.
    /// </summary>
    public static RecordFormat FormatOf(ReadOnlySpan<byte> value)
    {
        var text = value.StartsWith("\uFEFF"u8) ? value[3..] : value;
        var first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first < 0 || text[first] == '{' ? RecordFormat.Json : RecordFormat.Protobuf;
    }
}
