using Sentinel.Detection.Exchanges;

namespace Sentinel.Simulation.Population;

/// <summary>Where a request comes from.</summary>
/// <param name="Ip">IPv4 address, its first octet highest.</param>
/// <param name="Asn">Autonomous system.</param>
internal readonly record struct ClientAddress(uint Ip, int Asn);

/// <summary>
/// A made-up Internet, computed from hashes and so without tables: per country and kind of network a few autonomous
/// systems, each with its /24 blocks. Carriers and VPN exits have few addresses for many accounts, homes have many.
/// </summary>
internal static class Addresses
{
    /// <summary>An address of the network kind in the country; the seed picks system, block and host.</summary>
    public static ClientAddress Of(string network, string country, ulong seed)
    {
        var chance = new Chance(seed);
        var (systems, blocks, hosts) = network switch
        {
            "residential" => (6, 4_096, 254),
            "mobile" => (3, 12, 40),
            "hosting" => (8, 1_024, 254),
            "corporate" => (40, 64, 254),
            "education" => (20, 16, 254),
            "vpn" => (5, 24, 60),
            _ => (6, 256, 254),
        };
        var place = Chance.Derive(KeyHash.Of(network), KeyHash.Of(country));
        // Some systems are much larger than others: the smaller of two draws.
        var system = Math.Min(chance.Below(systems), chance.Below(systems));
        var asn = 1_000 + (int)(Chance.Derive(place, (ulong)system) % 60_000);
        return new ClientAddress(Host(Block(asn, chance.Below(blocks)), 1 + chance.Below(hosts)), asn);
    }

    /// <summary>An address of the same /24 as another.</summary>
    public static ClientAddress Neighbour(ClientAddress address, ulong seed) =>
        address with { Ip = Host(address.Ip & 0xFFFFFF00, 1 + new Chance(seed).Below(254)) };

    private static uint Block(int asn, int block)
    {
        var hash = Chance.Derive((ulong)asn, (ulong)block);
        var first = 23 + (uint)(hash % 180);
        if (first is 100 or 127 or 169 or 172 or 192 or 198)
        {
            first++; // These octets hold ranges that never appear in public; their neighbours do.
        }

        return (first << 24) | ((uint)(hash >> 32) & 0x00FFFF00);
    }

    private static uint Host(uint block, int host) => block | (uint)host;
}
