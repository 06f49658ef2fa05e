using Confluent.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>The header that says what a record's value is.</summary>
internal static class ContentType
{
    private const string Name = "content-type";

    private static readonly Headers JsonHeaders = [new Header(Name, "application/json"u8.ToArray())];
    private static readonly Headers ProtobufHeaders = [new Header(Name, "application/x-protobuf"u8.ToArray())];

    public static RecordFormat Of(Headers? headers)
    {
        if (headers is null || headers.Count == 0 || !headers.TryGetLastBytes(Name, out var value) || value is null)
        {
            return RecordFormat.Unknown;
        }

        var text = value.AsSpan();
        var end = text.IndexOf((byte)';'); // "application/json; charset=utf-8"
        text = (end < 0 ? text : text[..end]).TrimEnd((byte)' ');
        return text.SequenceEqual("application/json"u8) ? RecordFormat.Json
            : text.SequenceEqual("application/x-protobuf"u8) || text.SequenceEqual("application/protobuf"u8)
                ? RecordFormat.Protobuf
                : RecordFormat.Unknown;
    }

    public static Headers? For(RecordFormat format) => format switch
    {
        RecordFormat.Json => JsonHeaders,
        RecordFormat.Protobuf => ProtobufHeaders,
        _ => null,
    };
}
