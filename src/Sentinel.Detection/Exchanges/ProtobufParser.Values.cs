using System.Text;
using System.Text.Unicode;

namespace Sentinel.Detection.Exchanges;

/// <summary>Single values. After a fault what a reader returns is meaningless.</summary>
internal ref partial struct ProtobufParser
{
    /// <summary>Moves to the next field; false at the message's end or after a fault.</summary>
    private bool NextField(out int field)
    {
        field = 0;
        var hasNext = _fault.Kind == DecodeFaultKind.None && _reader.TryNext(out field, out _type);
        if (_reader.IsBroken && _fault.Kind == DecodeFaultKind.None)
        {
            _fault = new DecodeFault(DecodeFaultKind.NotProtobuf, "", _reader.Position);
        }

        return hasNext;
    }

    private void SetFault(DecodeFaultKind kind, string path)
    {
        if (_fault.Kind == DecodeFaultKind.None && !_reader.IsBroken) // The first fault counts.
        {
            _fault = new DecodeFault(kind, path, kind == DecodeFaultKind.MissingProperty
                ? _reader.Position
                : _reader.Start);
        }
    }

    private bool Expect(WireType type, string path)
    {
        if (_type != type)
        {
            SetFault(DecodeFaultKind.WrongType, path);
        }

        return _type == type;
    }

    // After a wrong type nothing is read before the walk ends, so the message at hand may stay the outer one.
    private int Enter(string path) => Expect(WireType.Bytes, path) ? _reader.Enter() : 0;

    private ReadOnlySpan<byte> ReadText(string path)
    {
        if (!Expect(WireType.Bytes, path))
        {
            return default;
        }

        var text = _reader.ReadBytes();
        if (Utf8.IsValid(text))
        {
            return text;
        }

        SetFault(DecodeFaultKind.InvalidUtf8, path);
        return default;
    }

    private int CopyText(string path)
    {
        var text = ReadText(path);
        text.CopyTo(_exchange.ReserveText(text.Length));
        return text.Length;
    }

    private void ReadId(string path, Utf8Text target, int charsMax)
    {
        var text = ReadText(path);
        if (ExchangeParser.IsId(text, charsMax))
        {
            target.Set(text);
        }
        else
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
        }
    }

    private ulong ReadKey(string path) => ExchangeParser.KeyOf(ReadText(path));

    private ulong ReadKeyLowerCase(string path)
    {
        var text = ReadText(path);
        var room = _exchange.ReserveText(text.Length)[..text.Length];
        text.CopyTo(room);
        Ascii.ToLowerInPlace(room, out _);
        return ExchangeParser.KeyOf(room);
    }

    private void ReadAddress(string path)
    {
        _ = AddressKeys.TryParse(ReadText(path), out var address, out var block); // Unknown when it is none.
        _exchange.IpKey = address;
        _exchange.IpBlockKey = block;
    }

    private long ReadInteger(string path) => Expect(WireType.Varint, path) ? (long)_reader.ReadVarint() : 0;

    private int ReadCount(string path, long min)
    {
        var value = ReadInteger(path);
        if (value < min)
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
        }

        return (int)Math.Min(value, int.MaxValue);
    }

    private float ReadFloat(string path) => Expect(WireType.Fixed64, path)
        ? (float)BitConverter.UInt64BitsToDouble(_reader.ReadFixed64())
        : float.NaN;

    private void ReadOccurredAt(string path)
    {
        if (!TryReadTime(path, out var milliseconds))
        {
            SetFault(DecodeFaultKind.BadTime, path);
        }
        else if (milliseconds is < 0 or >= ExchangeParser.TimeMsMax)
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
        }

        _exchange.OccurredAtMs = milliseconds;
    }

    private long ReadTimeOrUnknown(string path) =>
        TryReadTime(path, out var ms) && ms is >= 0 and < ExchangeParser.TimeMsMax ? ms : Exchange.UnknownTime;

    /// <summary>A google.protobuf.Timestamp; false when its nanoseconds are none.</summary>
    private bool TryReadTime(string path, out long milliseconds)
    {
        const long NanosPerMs = 1_000_000;
        const long NanosMax = 999_999_999;
        var seconds = 0L;
        var nanos = 0L;
        var outer = Enter(path);
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1:
                    seconds = ReadInteger(path);
                    break;
                case 2:
                    nanos = ReadInteger(path);
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        _reader.Leave(outer);
        seconds = Math.Clamp(seconds, -ExchangeParser.TimeMsMax, ExchangeParser.TimeMsMax); // Far outside either way.
        milliseconds = (seconds * 1000) + (nanos / NanosPerMs);
        return nanos is >= 0 and <= NanosMax;
    }

    private void ReadOutputSketch(string path)
    {
        if (_type == WireType.Fixed32)
        {
            AddToSketch(_reader.ReadFixed32());
            return;
        }

        var outer = Enter(path);
        while (_fault.Kind == DecodeFaultKind.None && _reader.HasMore)
        {
            AddToSketch(_reader.ReadFixed32());
        }

        _reader.Leave(outer);
    }

    private void AddToSketch(uint minimum)
    {
        if (_sketchCount < Exchange.SketchLength)
        {
            _exchange.OutputSketch[_sketchCount] = minimum;
        }

        _sketchCount++;
    }
}
