using System.Text.Json;

namespace Sentinel.Detection.Exchanges;

/// <summary>Numbers. Each reader moves to the value first; after a fault what it returns is meaningless.</summary>
internal ref partial struct ExchangeParser
{
    private float ReadFloat(string path) =>
        Enter(JsonTokenType.Number, path, isOptional: true) && _reader.TryGetDouble(out var value)
            ? (float)value
            : float.NaN;

    private int ReadCount(string path, long min) => (int)Math.Min(ReadInteger(path, min), int.MaxValue);

    private int ReadStatus(string path)
    {
        if (Enter(JsonTokenType.Number, path, isOptional: false))
        {
            return (int)Math.Clamp(IntegerAtHand(path), int.MinValue, int.MaxValue);
        }

        return 0;
    }

    private long ReadInteger(string path, long min)
    {
        if (!Enter(JsonTokenType.Number, path, isOptional: true))
        {
            return Exchange.Unknown;
        }

        var value = IntegerAtHand(path);
        if (value < min && _fault.Kind == DecodeFaultKind.None)
        {
            SetFault(DecodeFaultKind.OutOfRange, path);
        }

        return value;
    }

    /// <summary>The number at hand: 3, 3.0 and 3e0 are the same integer; what 64 bits cannot hold saturates.</summary>
    private long IntegerAtHand(string path)
    {
        if (_reader.TryGetInt64(out var value))
        {
            return value;
        }

        if (!_reader.TryGetDouble(out var real) || (double.IsFinite(real) && real != Math.Truncate(real)))
        {
            SetFault(DecodeFaultKind.WrongType, path);
            return 0;
        }

        return real switch
        {
            >= long.MaxValue => long.MaxValue,
            <= long.MinValue => long.MinValue,
            _ => (long)real,
        };
    }

    private void ReadOutputSketch(string path)
    {
        _exchange.HasOutputSketch = false;
        if (!EnterArray(path))
        {
            return;
        }

        var count = 0;
        while (NextItem())
        {
            if (_reader.TokenType != JsonTokenType.Number)
            {
                SetFault(DecodeFaultKind.WrongType, path);
                return;
            }

            var value = IntegerAtHand(path);
            if (value is < 0 or > uint.MaxValue)
            {
                SetFault(DecodeFaultKind.OutOfRange, path);
                return;
            }

            if (count < Exchange.SketchLength)
            {
                _exchange.OutputSketch[count] = (uint)value;
            }

            count++;
        }

        _exchange.HasOutputSketch = count == Exchange.SketchLength;
    }
}
