using System.Runtime.InteropServices;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// The 64-bit hash by which ids and link keys are compared: FNV-1a over bytes, finished by splitmix64 so that all
/// bits are usable. The same on every machine and in every process. 0 is never returned: it stands for unknown.
/// </summary>
public static class KeyHash
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hash of the bytes, never 0.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes) => Of(bytes, OffsetBasis);

    /// <summary>Hash of the bytes under a second basis, for 128-bit keys; never 0.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong basis)
    {
        var hash = basis;
        foreach (var item in bytes)
        {
            hash = (hash ^ item) * Prime;
        }

        var mixed = Mix(hash);
        return mixed == 0 ? 1 : mixed;
    }

    /// <summary>Hash of the UTF-8 of a text, never 0.</summary>
    public static ulong Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>One hash of two, never 0; the order counts.</summary>
    public static ulong Combine(ulong first, ulong second)
    {
        var mixed = Mix(first ^ Mix(second + 0x9E3779B97F4A7C15));
        return mixed == 0 ? 1 : mixed;
    }

    /// <summary>
    /// The upper half of a hash, 0 only for 0: enough to compare what one account has with what another one has. Not enough to look
    /// things up among millions.
    /// </summary>
    public static uint ShortOf(ulong key) => key == 0 ? 0 : Math.Max(1, (uint)(key >> 32));

    /// <summary>The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).</summary>
    public static ulong Mix(ulong value)
    {
        var z = value + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>
/// 128 bits of an event id: two events with the same key are the same event. At 10^9 events the chance of one false
/// match is below 10^-20.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EventKey(ulong High, ulong Low)
{
    /// <summary>The key of an event id.</summary>
    public static EventKey Of(ReadOnlySpan<byte> eventId) =>
        new(KeyHash.Of(eventId), KeyHash.Of(eventId, 0x6C62272E07BB0142));
}
