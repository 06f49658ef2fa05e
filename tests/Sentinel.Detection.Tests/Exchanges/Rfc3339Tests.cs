using System.Globalization;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2026-10-05T01:14:14.846Z", 1_791_162_854_846)]
    [InlineData("2026-10-05t01:14:14.846999999999999z", 1_791_162_854_846)]
    [InlineData("2026-10-05 01:14:14.8Z", 1_791_162_854_800)]
    [InlineData("2026-10-05T03:14:14.84+02:00", 1_791_162_854_840)]
    [InlineData("2026-10-04T19:44:14-05:30", 1_791_162_854_000)]
    [InlineData("2026-10-05T01:14:14-00:00", 1_791_162_854_000)]
    [InlineData("2016-12-31T23:59:60Z", 1_483_228_800_000)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800_000)]
    public void TryParseMs_Times(string text, long expected)
    {
        Assert.True(Rfc3339.TryParseMs(Encoding.UTF8.GetBytes(text), out var ms));
        Assert.Equal(expected, ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-10-05")]
    [InlineData("2026-10-05T01:14:14")]
    [InlineData("2026-10-05T01:14:14.Z")]
    [InlineData("2026-10-05T01:14Z")]
    [InlineData("2026-13-05T01:14:14Z")]
    [InlineData("2026-02-29T01:14:14Z")]
    [InlineData("2100-02-29T01:14:14Z")]
    [InlineData("2026-10-05T24:00:00Z")]
    [InlineData("2026-10-05T01:60:14Z")]
    [InlineData("2026-10-05T01:14:61Z")]
    [InlineData("2026-10-05T01:14:14+0200")]
    [InlineData("2026-10-05T01:14:14+24:00")]
    [InlineData("2026-10-05T01:14:14Zx")]
    [InlineData("+026-10-05T01:14:14Z")]
    [InlineData("2026-10-05T01:14:14.1e3Z")]
    [InlineData("1791162854846")]
    public void TryParseMs_NoTimes(string text) =>
        Assert.False(Rfc3339.TryParseMs(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryParseMs_AgreesWithTheFramework()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-62_135_596_800_000,
                253_402_300_799_999));
            var text = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            Assert.True(Rfc3339.TryParseMs(Encoding.UTF8.GetBytes(text), out var ms), text);
            Assert.Equal(at.ToUnixTimeMilliseconds(), ms);
        }
    }
}
