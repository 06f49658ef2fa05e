using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Readings;

/// <summary>
/// Reading gives the same bits for ever: trained classifiers, stored frames and sketches of other parties depend on
/// them. The hashes were frozen with the third feature layout; a change is a new feature layout.
/// </summary>
public sealed class ReadingGoldenTests
{
    private const int PromptsPerKind = 800;

    [Theory]
    [InlineData(0, "2b9f8d62d846ef75")]
    [InlineData(1, "595da52cf971d9c4")]
    [InlineData(2, "f82dbed9638b8539")]
    [InlineData(3, "57e6fb07640da203")]
    [InlineData(4, "98fcbde73284fb26")]
    [InlineData(5, "c87797761786ee0f")]
    [InlineData(6, "d8956d8e8c6e90e2")]
    [InlineData(7, "5e561fbac617427c")]
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
