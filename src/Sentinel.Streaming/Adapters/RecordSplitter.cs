using System.Buffers;
using System.Text.Json;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Cuts a body into records, whether it is a list, one object a line, objects one after the other or a single one. What
/// is not JSON costs its line and nothing after it.
/// </summary>
internal ref struct RecordSplitter(ReadOnlySpan<byte> body, int position, int recordBytesMax)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = ExchangeDecoder.DepthMax };

    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n,[]"u8);

    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>First byte that was not looked at.</summary>
    public int Position { get; private set; } = position;

    /// <summary>First byte of the record read last.</summary>
    public int Start { get; private set; }

    /// <summary>What is wrong with the record read last.</summary>
    public DecodeFaultKind Fault { get; private set; }

    /// <summary>Moves to the next record; false when there is none.</summary>
    public bool TryNext(out ReadOnlySpan<byte> record)
    {
        record = default;
        Fault = DecodeFaultKind.None;
        SkipBetween();
        Start = Position;
        if (Position == _body.Length)
        {
            return false;
        }

        if (TryMeasure(out var length) && length <= recordBytesMax)
        {
            record = _body.Slice(Start, length);
            Position = Start + length;
            return true;
        }

        Fault = length > recordBytesMax ? DecodeFaultKind.TooLong : DecodeFaultKind.NotJson;
        var end = length > 0 ? length : _body[Start..].IndexOf((byte)'\n');
        Position = end < 0 ? _body.Length : Start + Math.Max(end, 1);
        return true;
    }

    // Also the brackets and commas of a list are only what stands between records: a list that breaks off, or one
    // bad item in it, leaves the others readable.
    private void SkipBetween()
    {
        if (Position == 0 && _body.StartsWith("\uFEFF"u8))
        {
            Position = 3;
        }

        var next = _body[Position..].IndexOfAnyExcept(Between);
        Position = next < 0 ? _body.Length : Position + next;
    }

    private readonly bool TryMeasure(out int length)
    {
        length = 0;
        if (_body[Start] != '{')
        {
            return false;
        }

        var reader = new Utf8JsonReader(_body[Start..], Options);
        try
        {
            reader.Read();
            reader.Skip();
            length = (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false; // The reader's way to say that the syntax is broken.
        }
    }
}
