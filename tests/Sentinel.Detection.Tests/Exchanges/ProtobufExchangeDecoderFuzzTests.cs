using Google.Protobuf;
using Sentinel.Detection.Exchanges;
using Sentinel.Testing;
using Wire = LlmSentinel.Exchange.V1;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class ProtobufExchangeDecoderFuzzTests
{
    private readonly Exchange _exchange = new();

    [Theory]
    [InlineData(1)]
    [InlineData(424242)]
    public void TryDecode_MutatedMessages_NeverThrowsAndNeverSpoilsTheNext(int seed)
    {
        var random = new Random(seed);
        var events = new RandomExchange(random);
        var good = ExchangeMessages.FromJson(ExchangeJson.Full("ev-good", "acct-good")).ToByteArray();
        for (var round = 0; round < 3_000; round++)
        {
            var message = Mutate(ExchangeMessages.FromJson(events.Next()).ToByteArray(), random);
            Check(message);
            Assert.True(ProtobufExchangeDecoder.TryDecode(good, _exchange, out _), $"seed {seed}, round {round}");
            Assert.Equal("ev-good", _exchange.EventId.ToString());
            Assert.Equal(4, _exchange.SegmentCount);
        }
    }

    [Theory]
    [InlineData(7)]
    public void TryDecode_RandomBytes_NeverThrows(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            Check(bytes);
        }
    }

    [Fact]
    public void TryDecode_CutAtEveryByte_NeverThrows()
    {
        var whole = ExchangeMessages.FromJson(ExchangeJson.Full()).ToByteArray();
        for (var length = 0; length < whole.Length; length++)
        {
            Check(whole[..length]);
            Assert.False(ProtobufExchangeDecoder.TryDecode(whole.AsSpan(0, length), _exchange, out _));
        }
    }

    private void Check(byte[] message)
    {
        var decoded = ProtobufExchangeDecoder.TryDecode(message, _exchange, out var fault);
        Assert.Equal(decoded, fault.Kind == DecodeFaultKind.None);
        Assert.InRange(fault.Position, 0, message.Length);
        Assert.NotEmpty(fault.Describe());
        if (decoded)
        {
            // What we can read the library can, too.
            Assert.Equal(_exchange.EventId.ToString(), Wire.Exchange.Parser.ParseFrom(message).EventId);
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var message = seed.ToList();
        for (var steps = random.Next(1, 5); steps > 0 && message.Count > 0; steps--)
        {
            var at = random.Next(message.Count);
            switch (random.Next(5))
            {
                case 0:
                    message.RemoveRange(at, message.Count - at);
                    break;
                case 1:
                    message[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    message.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 20)));
                    break;
                case 3:
                    message.RemoveRange(at, Math.Min(message.Count - at, random.Next(1, 40)));
                    break;
                default:
                    message.InsertRange(at, message.GetRange(0, at)); // Doubled fields and halves.
                    break;
            }
        }

        return [.. message];
    }
}
