using System.Globalization;
using Sentinel.Storage.Embedded;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class RuntimeSignalTests(StoreEngine fixture)
{
    [Fact]
    public async Task Handler_WithTheEngineRunning_IsStillTheRuntimes()
    {
        await using var clickHouse = fixture.OpenEmpty(); // Whoever has a database has started the engine.
        var handler = RuntimeSignal.Handler();
        Assert.Contains(Libraries("libcoreclr.so"), range => range.From <= handler && handler < range.To);
        Assert.DoesNotContain(Libraries("libchdb.so"), range => range.From <= handler && handler < range.To);
    }

    // Lines such as "7f39-7f40 r-xp 0 08:01 17 /usr/lib/libcoreclr.so".
    private static List<(nint From, nint To)> Libraries(string name) =>
    [
        .. from line in File.ReadLines("/proc/self/maps")
           where line.EndsWith(name, StringComparison.Ordinal)
           let range = line.Split(' ')[0].Split('-')
           select (
               nint.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
               nint.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
    ];
}
