using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Partitions;
using Sentinel.Streaming.Preparation;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Preparation;

public sealed class RecordDecoderTests
{
    // event_id "{", occurred_at 1 s, account.id "a", request.model "m", response.status 200.
    private static readonly byte[] Message =
    [
        0x12, 1, (byte)'{', 0x1A, 2, 0x08, 1, 0x22, 3, 0x0A, 1, (byte)'a', 0x32, 3, 0x0A, 1, (byte)'m',
        0x3A, 3, 0x08, 0xC8, 0x01,
    ];

    private readonly Exchange _exchange = new();

    [Theory]
    [InlineData(RecordFormat.Unknown)]
    [InlineData(RecordFormat.Json)]
    public void TryDecode_Json_IsReadWhateverStandsBefore(RecordFormat format)
    {
        Assert.True(RecordDecoder.TryDecode(ExchangeJson.Full().ToUtf8(), format, _exchange, out _));
        Assert.True(RecordDecoder.TryDecode(
            [.. "\uFEFF \r\n\t"u8, .. ExchangeJson.Full().ToUtf8()], format, _exchange, out _));
        Assert.Equal("acct-1", _exchange.AccountId.ToString());
    }

    [Theory]
    [InlineData(RecordFormat.Unknown)]
    [InlineData(RecordFormat.Protobuf)]
    public void TryDecode_Protobuf_IsRead(RecordFormat format)
    {
        Assert.True(RecordDecoder.TryDecode(Message, format, _exchange, out var fault), fault.ToString());
        Assert.Equal("{", _exchange.EventId.ToString());
        Assert.Equal(1000, _exchange.OccurredAtMs);
    }

    [Fact]
    public void TryDecode_HeaderAndContentDisagree_TheHeaderCounts()
    {
        Assert.False(RecordDecoder.TryDecode(Message, RecordFormat.Json, _exchange, out var fault));
        Assert.Equal(DecodeFaultKind.InvalidUtf8, fault.Kind);
        Assert.False(RecordDecoder.TryDecode(
            ExchangeJson.Full().ToUtf8(), RecordFormat.Protobuf, _exchange, out fault));
        Assert.Equal(DecodeFaultKind.NotProtobuf, fault.Kind);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    [InlineData("[]", "not_protobuf")]
    [InlineData("{", "not_json")]
    public void TryDecode_Neither_IsAFault(string value, string code)
    {
        Assert.False(RecordDecoder.TryDecode(Encoding.UTF8.GetBytes(value), default, _exchange, out var fault));
        Assert.Equal(code, fault.Code);
    }
}
