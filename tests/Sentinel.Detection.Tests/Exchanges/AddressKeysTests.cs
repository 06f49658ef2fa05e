using System.Net;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Exchanges;

public sealed class AddressKeysTests
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7", 3)]
    [InlineData("0.0.0.0", "0.0.0.0", 3)]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7", 3)]
    [InlineData("::FFFF:c633:6407", "198.51.100.7", 3)]
    [InlineData("2001:db8::1", "2001:db8::1", 6)]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1", 6)]
    [InlineData("::", "::", 6)]
    [InlineData("::1", "::1", 6)]
    [InlineData("1::", "1::", 6)]
    [InlineData("fe80::1%eth0", "fe80::1", 6)]
    [InlineData("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:7.8.9.10", 6)]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", 6)]
    public void TryParse_Addresses(string text, string same, int blockBytes)
    {
        Assert.True(AddressKeys.TryParse(Encoding.UTF8.GetBytes(text), out var address, out var block));
        var bytes = IPAddress.Parse(same).GetAddressBytes();
        Assert.Equal((KeyHash.Of(bytes), KeyHash.Of(bytes.AsSpan(0, blockBytes))), (address, block));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1.2.3.4:80")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("1:")]
    public void TryParse_NoAddresses(string text)
    {
        Assert.False(AddressKeys.TryParse(Encoding.UTF8.GetBytes(text), out var address, out var block));
        Assert.Equal(0UL, address | block);
    }

    [Fact]
    public void TryParse_AgreesWithTheFramework()
    {
        var random = new Random(11);
        var bytes = new byte[16];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(random.Next(16), 1).Clear();
            bytes.AsSpan(random.Next(8), random.Next(8)).Clear();
            var text = new IPAddress(bytes).ToString();
            Assert.True(AddressKeys.TryParse(Encoding.UTF8.GetBytes(text), out var address, out _), text);
            Assert.Equal(KeyHash.Of(bytes), address);
        }
    }
}
