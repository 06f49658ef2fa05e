using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Readings;

/// <summary>
/// Reading gives the same bits for ever: trained classifiers, stored frames and sketches of other parties depend on
/// them. The hashes were frozen from the first, plainly written reader; a change is a new feature layout.
/// </summary>
public sealed class ReadingGoldenTests
{
    private const int PromptsPerKind = 800;

    [Theory]
    [InlineData(0, "4c2ca7433a0547f3")]
    [InlineData(1, "4a76e9a2ff0fd55f")]
    [InlineData(2, "6cf3934186740dd4")]
    [InlineData(3, "dba9e76e4f28d275")]
    [InlineData(4, "e559a8c282122720")]
    [InlineData(5, "1d240da7ff55688c")]
    [InlineData(6, "88eb92b8d9d3b546")]
    [InlineData(7, "2c965a18bdc11196")]
    public void Read_OddPrompts_GivesTheFrozenBits(int kind, string expected)
    {
        using var digest = new ReadingDigest();
        var exchange = new Exchange();
        for (var number = 0; number < PromptsPerKind; number++)
        {
            OddPrompts.Fill(exchange, kind, number);
            digest.Add(exchange);
        }

        Assert.Equal(expected, digest.Finish());
    }
}
