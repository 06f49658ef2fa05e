using Sentinel.Detection.Exchanges;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class ExchangeDecoderFuzzTests
{
    private static readonly byte[][] Seeds =
    [
        ExchangeJson.Full().ToUtf8(),
        ExchangeJson.Full().Prompt("😀 caf\\ud83d \n\t\"x\"").ToUtf8(),
        ExchangeJson.Minimal().SetRaw("extra", "[[[{\"a\":[1,2,{}]}]]]").ToUtf8(),
    ];

    private static readonly byte[][] Inserts =
    [
        "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(), "\\ud800"u8.ToArray(),
            ","u8.ToArray(), "null"u8.ToArray(),
        "1e999"u8.ToArray(), "-1"u8.ToArray(), [0xFF], [0], [0xED, 0xA0, 0x80], "\"account\":"u8.ToArray(),
            "\n"u8.ToArray(),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20261005)]
    [InlineData(424242)]
    public void TryDecode_MutatedLines_NeverThrowsAndNeverSpoilsTheNext(int seed)
    {
        var random = new Random(seed);
        var exchange = new Exchange();
        var good = ExchangeJson.Full("ev-good", "acct-good").ToUtf8();
        for (var round = 0; round < 4_000; round++)
        {
            var line = Mutate(Seeds[random.Next(Seeds.Length)], random);
            var decoded = ExchangeDecoder.TryDecode(line, exchange, out var fault);
            Assert.Equal(decoded, fault.Kind == DecodeFaultKind.None);
            Assert.InRange(fault.Position, 0, line.Length);
            Assert.NotEmpty(fault.Describe());
            if (decoded)
            {
                Assert.False(exchange.EventId.IsEmpty || exchange.AccountId.IsEmpty);
            }

            Assert.True(ExchangeDecoder.TryDecode(good, exchange, out _), $"seed {seed}, round {round}");
            Assert.Equal("ev-good", exchange.EventId.ToString());
            Assert.Equal(4, exchange.SegmentCount);
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var line = seed.ToList();
        for (var steps = random.Next(1, 5); steps > 0 && line.Count > 0; steps--)
        {
            var at = random.Next(line.Count);
            switch (random.Next(6))
            {
                case 0:
                    line.RemoveRange(at, line.Count - at);
                    break;
                case 1:
                    line[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    line.InsertRange(at, Inserts[random.Next(Inserts.Length)]);
                    break;
                case 3:
                    line.InsertRange(at, Enumerable.Repeat((byte)"[{"[random.Next(2)], random.Next(200)));
                    break;
                case 4:
                    line.RemoveRange(at, Math.Min(line.Count - at, random.Next(1, 40)));
                    break;
                default:
                    line.InsertRange(at, line.GetRange(0, at)); // Doubled properties and halves.
                    break;
            }
        }

        return [.. line];
    }
}
