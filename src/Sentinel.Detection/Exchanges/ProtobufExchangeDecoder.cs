namespace Sentinel.Detection.Exchanges;

/// <summary>
/// Decodes a message of <c>schemas/exchange.v1.proto</c> by the rules of <see cref="ExchangeDecoder"/>: what one
/// refuses the other refuses, and the same event gives the same exchange. As Protobuf has it, unknown fields are
/// skipped, of a value that is there twice the last counts, and a message that is there twice is one. Pure; keeps no
/// state; a good record allocates nothing once the exchange's buffers have grown.
/// </summary>
public static class ProtobufExchangeDecoder
{
    /// <summary>
    /// Decodes <paramref name="message"/> into <paramref name="exchange"/>, which is meaningless after a fault. Never
    /// throws, whatever the bytes.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> message, Exchange exchange, out DecodeFault fault)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        exchange.Clear();
        if (message.Length > ExchangeDecoder.LineBytesMax)
        {
            fault = new DecodeFault(DecodeFaultKind.TooLong, "", ExchangeDecoder.LineBytesMax);
            return false;
        }

        if (message.IsEmpty)
        {
            fault = new DecodeFault(DecodeFaultKind.Empty, "", 0);
            return false;
        }

        var parser = new ProtobufParser(message, exchange);
        fault = parser.Read();
        return fault.Kind == DecodeFaultKind.None;
    }
}
