using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Detection.Exchanges;

/// <summary>Why a line is not an exchange. Append, never reorder: the codes are stored.</summary>
public enum DecodeFaultKind : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Nothing but white space.</summary>
    Empty,

    /// <summary>Longer than <see cref="ExchangeDecoder.LineBytesMax"/>.</summary>
    TooLong,

    /// <summary>Not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>Not one JSON value.</summary>
    NotJson,

    /// <summary>Nested deeper than <see cref="ExchangeDecoder.DepthMax"/>.</summary>
    TooDeep,

    /// <summary>A required property is missing.</summary>
    MissingProperty,

    /// <summary>A property has another type than the schema says.</summary>
    WrongType,

    /// <summary>A number or a text's length is outside what the schema allows.</summary>
    OutOfRange,

    /// <summary>The time is not RFC 3339.</summary>
    BadTime,

    /// <summary>Not one Protobuf message.</summary>
    NotProtobuf,
}

/// <summary>
/// What is wrong with a line, where. A value: it holds no text of the line but names of properties that the schema
/// knows.
/// </summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Path">The property, such as <c>account.id</c>; empty when the line as a whole is meant.</param>
/// <param name="Position">Byte in the line, from 0.</param>
public readonly record struct DecodeFault(DecodeFaultKind Kind, string Path, int Position)
{
    private static readonly ImmutableArray<string> Codes =
    [
        "none", "empty", "too_long", "invalid_utf8", "not_json", "too_deep", "missing_property", "wrong_type",
        "out_of_range", "bad_time", "not_protobuf",
    ];

    /// <summary>Stable code, such as <c>missing_property</c>.</summary>
    public string Code => CodeOf(Kind);

    /// <summary>Stable code of a kind.</summary>
    public static string CodeOf(DecodeFaultKind kind) => Codes[(int)kind];

    /// <summary>A sentence for people. Quotes nothing of the line.</summary>
    public string Describe()
    {
        var at = Position.ToString(CultureInfo.InvariantCulture);
        return Kind switch
        {
            DecodeFaultKind.None => "The line is good.",
            DecodeFaultKind.Empty => "The line is empty.",
            DecodeFaultKind.TooLong =>
                $"The line is longer than {ExchangeDecoder.LineBytesMax.ToString(CultureInfo.InvariantCulture)} bytes.",
            DecodeFaultKind.InvalidUtf8 => $"The line is not UTF-8 from byte {at} on.",
            DecodeFaultKind.NotJson => $"The line is not one JSON object: it stops making sense at byte {at}.",
            DecodeFaultKind.TooDeep =>
                $"Values are nested deeper than {ExchangeDecoder.DepthMax.ToString(CultureInfo.InvariantCulture)} "
                + $"levels at byte {at}.",
            DecodeFaultKind.MissingProperty => $"The required property {Path} is missing.",
            DecodeFaultKind.WrongType when Path.Length == 0 => "The line is JSON, but not an object.",
            DecodeFaultKind.WrongType => $"The property {Path} has a wrong type at byte {at}.",
            DecodeFaultKind.OutOfRange => $"The property {Path} is outside the allowed range at byte {at}.",
            DecodeFaultKind.BadTime => $"The property {Path} is not an RFC 3339 time at byte {at}.",
            DecodeFaultKind.NotProtobuf =>
                $"The record is not one Protobuf message: it stops making sense at byte {at}.",
            _ => throw new InvalidOperationException("A fault kind without a sentence."),
        };
    }
}
