using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Api.Decisions;

/// <summary>
/// A block of addresses: all that begin with the same bits. An IPv4 address in IPv6's clothes is an IPv4 address; what is
/// beyond the prefix counts for nothing.
/// </summary>
internal readonly struct AddressBlock
{
    /// <summary>Bytes of an address at most.</summary>
    public const int BytesMax = 16;

    /// <summary>Longest prefix.</summary>
    public const int PrefixMax = 128;

    private const int TextCharsMax = 64;
    private readonly UInt128 _bits; // From the highest bit on, for both lengths.

    private AddressBlock(UInt128 bits, bool isV4, int prefix)
    {
        (IsV4, Prefix) = (isV4, prefix);
        _bits = prefix == 0 ? 0 : bits >> (PrefixMax - prefix) << (PrefixMax - prefix);
    }

    /// <summary>Whether it is of IPv4.</summary>
    public bool IsV4 { get; }

    /// <summary>Bits that its addresses have in common.</summary>
    public int Prefix { get; }

    /// <summary>Reads an address, or a block in CIDR notation.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressBlock block)
    {
        block = default;
        var slash = text.IndexOf('/');
        var address = slash < 0 ? text : text[..slash];
        if (text.Length > TextCharsMax || address.Contains('%') || !IPAddress.TryParse(address, out var parsed))
        {
            return false;
        }

        var isV4 = parsed.AddressFamily == AddressFamily.InterNetwork;
        if (isV4 && !IsPlain(address))
        {
            return false;
        }

        var (prefixMax, isMapped) = (isV4 ? 32 : PrefixMax, parsed.IsIPv4MappedToIPv6);
        var prefix = prefixMax;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
            || prefix > prefixMax || (isMapped && prefix < PrefixMax - 32)))
        {
            return false;
        }

        block = new AddressBlock(
            BitsOf(isMapped ? parsed.MapToIPv4() : parsed), isV4 || isMapped, isMapped ? prefix - (PrefixMax - 32) : prefix);
        return true;
    }

    /// <summary>The wider block around it.</summary>
    public AddressBlock Widened(int prefix) => new(_bits, IsV4, Math.Min(prefix, Prefix));

    /// <summary>Writes what tells it from every other block.</summary>
    /// <returns>Bytes written, <see cref="BytesMax"/> and 2 at most.</returns>
    public int Write(Span<byte> key)
    {
        (key[0], key[1]) = (IsV4 ? (byte)4 : (byte)6, (byte)Prefix);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(key[2..], _bits);
        return BytesMax + 2;
    }

    // Four numbers, none with a leading zero: what others may read as octal, or as fewer parts, is no address.
    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var part in text.Split('.'))
        {
            parts++;
            if (text[part] is not [(>= '1' and <= '9') or '0', ..] digits || (digits.Length > 1 && digits[0] == '0')
                || digits.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
        }

        return parts == 4;
    }

    private static UInt128 BitsOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
