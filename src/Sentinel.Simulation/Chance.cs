using Sentinel.Detection.Exchanges;

namespace Sentinel.Simulation;

/// <summary>
/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014) in eight bytes: small enough for every account to own one, so that
/// what an account does never depends on how it is interleaved with others. A mutable struct: pass it by reference.
/// </summary>
internal struct Chance(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>A seed for something that belongs to <paramref name="seed"/> and is named by a number.</summary>
    public static ulong Derive(ulong seed, ulong name) => KeyHash.Mix(seed ^ KeyHash.Mix(name + Step));

    /// <summary>64 even bits.</summary>
    public ulong Next()
    {
        var value = KeyHash.Mix(_state);
        _state += Step;
        return value;
    }

    /// <summary>0 to <paramref name="count"/> - 1; the bias at small counts is below 2^-32.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>In [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True in a share of the cases.</summary>
    public bool Hits(double share) => Unit() < share;

    /// <summary>Exponential with the given mean.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1.0 - Unit());

    /// <summary>Log-normal with the given median; <paramref name="spread"/> is that of the logarithm.</summary>
    public double LogNormal(double median, double spread) => median * Math.Exp(Normal(spread));

    /// <summary>Normal around 0.</summary>
    public double Normal(double spread)
    {
        // Box and Muller; the second normal is thrown away, so that no state but the seed is kept.
        var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - Unit()));
        return spread * radius * Math.Cos(2.0 * Math.PI * Unit());
    }
}
