using System.Text;
using System.Text.Json;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// Single values. Each reader moves to the value first; after a fault what it returns is meaningless.
/// </summary>
internal ref partial struct ExchangeParser
{
    // What ClickHouse's DateTime64(3) and DateTimeOffset both hold with room to spare: 1970 up to 2200.
    internal const long TimeMsMax = 7_258_118_400_000;

    /// <summary>Moves to the next property's name; false at the object's end or after a fault.</summary>
    private bool NextProperty(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_fault.Kind != DecodeFaultKind.None)
        {
            return false;
        }

        _reader.Read();
        if (_reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        name = ShortWord();
        return true;
    }

    /// <summary>Moves to the next item; false at the list's end or after a fault.</summary>
    private bool NextItem()
    {
        if (_fault.Kind != DecodeFaultKind.None)
        {
            return false;
        }

        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    private bool EnterObject(string path, bool isOptional) =>
        Enter(JsonTokenType.StartObject, path, isOptional);

    private bool EnterArray(string path) => Enter(JsonTokenType.StartArray, path, isOptional: true);

    private bool NextText(string path, bool isOptional) => Enter(JsonTokenType.String, path, isOptional);

    private bool Enter(JsonTokenType wanted, string path, bool isOptional)
    {
        _reader.Read();
        if (_reader.TokenType == wanted)
        {
            return true;
        }

        if (!isOptional || _reader.TokenType != JsonTokenType.Null)
        {
            SetFault(DecodeFaultKind.WrongType, path);
        }

        return false;
    }

    private void SetFault(DecodeFaultKind kind, string path) =>
        _fault = new DecodeFault(kind, path, (int)_reader.TokenStartIndex);

    /// <summary>The name or text at hand if it is short; empty when it is longer than any that has a meaning.</summary>
    private readonly ReadOnlySpan<byte> ShortWord()
    {
        var raw = _reader.ValueSpan;
        if (!_reader.ValueIsEscaped)
        {
            return raw;
        }

        return raw.Length > _scratch.Length ? default : _scratch[..JsonText.Unescape(raw, _scratch)];
    }

    /// <summary>The text at hand. Valid until text is reserved in the exchange again.</summary>
    private readonly ReadOnlySpan<byte> Unescaped()
    {
        var raw = _reader.ValueSpan;
        if (!_reader.ValueIsEscaped)
        {
            return raw;
        }

        var room = _exchange.ReserveText(raw.Length);
        return room[..JsonText.Unescape(raw, room)];
    }

    /// <summary>Copies the text at hand to the exchange's reserved text.</summary>
    /// <returns>Its length.</returns>
    private readonly int CopyText()
    {
        var raw = _reader.ValueSpan;
        var room = _exchange.ReserveText(raw.Length);
        if (_reader.ValueIsEscaped)
        {
            return JsonText.Unescape(raw, room);
        }

        raw.CopyTo(room);
        return raw.Length;
    }

    private void ReadId(string path, Utf8Text target, int charsMax)
    {
        if (!NextText(path, isOptional: false))
        {
            return;
        }

        var text = Unescaped();
        if (!IsId(text, charsMax))
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
            return;
        }

        target.Set(text);
    }

    internal static bool IsId(ReadOnlySpan<byte> text, int charsMax) =>
        !text.IsEmpty && CountChars(text) <= charsMax;

    private static int CountChars(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var item in utf8)
        {
            count += (item & 0xC0) == 0x80 ? 0 : 1; // Every byte that does not continue a code point begins one.
        }

        return count;
    }

    private ulong ReadKey(string path) => NextText(path, isOptional: true) ? KeyOf(Unescaped()) : 0;

    internal static ulong KeyOf(ReadOnlySpan<byte> text) => text.IsEmpty ? 0 : KeyHash.Of(text);

    private ulong ReadKeyLowerCase(string path)
    {
        if (!NextText(path, isOptional: true))
        {
            return 0;
        }

        var room = _exchange.ReserveText(_reader.ValueSpan.Length);
        var text = room[..CopyText()];
        Ascii.ToLowerInPlace(text, out _);
        return KeyOf(text);
    }

    private void ReadAddress(string path)
    {
        _exchange.IpKey = _exchange.IpBlockKey = 0;
        if (NextText(path, isOptional: true) && AddressKeys.TryParse(Unescaped(), out var address, out var block))
        {
            _exchange.IpKey = address;
            _exchange.IpBlockKey = block;
        }
    }

    private void ReadOccurredAt(string path)
    {
        if (!NextText(path, isOptional: false))
        {
            return;
        }

        if (!Rfc3339.TryParseMs(ShortWord(), out var milliseconds))
        {
            SetFault(DecodeFaultKind.BadTime, path);
        }
        else if (milliseconds is < 0 or >= TimeMsMax)
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
        }

        _exchange.OccurredAtMs = milliseconds;
    }

    private long ReadTimeOrUnknown(string path) =>
        NextText(path, isOptional: true) && Rfc3339.TryParseMs(ShortWord(), out var ms) && ms is >= 0 and < TimeMsMax
            ? ms
            : Exchange.UnknownTime;

    private bool ReadBool(string path)
    {
        _reader.Read();
        if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
        {
            SetFault(DecodeFaultKind.WrongType, path);
        }

        return _reader.TokenType == JsonTokenType.True;
    }

    private void CheckText(string path) => NextText(path, isOptional: true);

    private int ReadTexts(string path)
    {
        var count = 0;
        if (!EnterArray(path))
        {
            return 0;
        }

        while (NextItem())
        {
            count++;
            if (_reader.TokenType != JsonTokenType.String)
            {
                SetFault(DecodeFaultKind.WrongType, path);
            }
        }

        return count;
    }
}
