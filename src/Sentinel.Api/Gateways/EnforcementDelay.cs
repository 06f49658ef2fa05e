using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Api.Gateways;

/// <summary>
/// How long a verdict against an account waits before it is enforced: of each account its own time, between nothing and
/// <see cref="Max"/>, drawn by a keyed hash. Every process that has the key gives the same.
/// </summary>
internal sealed class EnforcementDelay(byte[] key, TimeSpan max)
{
    /// <summary>No account waits longer.</summary>
    public TimeSpan Max { get; } = max;

    /// <summary>The delay of a valid account id.</summary>
    public TimeSpan Of(ReadOnlySpan<char> account)
    {
        Span<byte> utf8 = stackalloc byte[AccountIdText.CharsMax * 4];
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(account, utf8);
        HMACSHA256.HashData(key, utf8[..length], digest);
        const int FractionBits = 53;
        var fraction = BinaryPrimitives.ReadUInt64LittleEndian(digest) >> (64 - FractionBits);
        return Max * (fraction / (double)(1UL << FractionBits));
    }
}
