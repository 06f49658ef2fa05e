namespace Sentinel.Detection.Exchanges;

/// <summary>
/// Keys of an address and of its block (/24 of IPv4, /48 of IPv6) from text, without allocating. An IPv4 address mapped
/// into IPv6 has the keys of the IPv4 address; a zone is ignored.
/// </summary>
public static class AddressKeys
{
    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;

    /// <summary>Both keys; false, and both unknown, when the text is no address.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong address, out ulong block)
    {
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        address = block = 0;
        if (TryIpv4(text, bytes))
        {
            address = KeyHash.Of(bytes[..Ipv4Length]);
            block = KeyHash.Of(bytes[..3]);
            return true;
        }

        if (!TryIpv6(text, bytes))
        {
            return false;
        }

        if (IsMapped(bytes))
        {
            address = KeyHash.Of(bytes[12..]);
            block = KeyHash.Of(bytes[12..15]);
            return true;
        }

        address = KeyHash.Of(bytes);
        block = KeyHash.Of(bytes[..6]);
        return true;
    }

    private static bool IsMapped(ReadOnlySpan<byte> bytes) =>
        bytes[..10].IndexOfAnyExcept((byte)0) < 0 && bytes[10] == 0xFF && bytes[11] == 0xFF;

    private static bool TryIpv4(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var part = 0;
        var digits = 0;
        var value = 0;
        foreach (var item in text)
        {
            if (item == '.' && digits > 0 && part < Ipv4Length - 1)
            {
                bytes[part++] = (byte)value;
                digits = value = 0;
            }
            else if (char.IsAsciiDigit((char)item) && !(digits > 0 && value == 0))
            {
                digits++;
                value = (value * 10) + (item - '0');
                if (value > byte.MaxValue)
                {
                    return false;
                }
            }
            else
            {
                return false; // Also a leading zero, which some read as octal.
            }
        }

        bytes[part] = (byte)value;
        return part == Ipv4Length - 1 && digits > 0;
    }

    private static bool TryIpv6(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var zone = text.IndexOf((byte)'%');
        var rest = zone < 0 ? text : text[..zone];
        if (rest.Length < 2 || rest.IndexOf((byte)':') < 0)
        {
            return false;
        }

        bytes.Clear();
        var filled = 0;
        var gap = -1;
        if (rest.StartsWith("::"u8))
        {
            gap = 0;
            rest = rest[2..];
        }

        while (!rest.IsEmpty)
        {
            var colon = rest.IndexOf((byte)':');
            var group = colon < 0 ? rest : rest[..colon];
            if (colon < 0 && group.IndexOf((byte)'.') >= 0)
            {
                if (filled > Ipv6Length - Ipv4Length || !TryIpv4(group, bytes[filled..]))
                {
                    return false;
                }

                filled += Ipv4Length;
                break;
            }

            if (filled > Ipv6Length - 2 || !TryGroup(group, bytes[filled..]))
            {
                return false;
            }

            filled += 2;
            if (colon < 0)
            {
                break;
            }

            rest = rest[(colon + 1)..];
            if (rest.IsEmpty)
            {
                return false;
            }

            if (rest[0] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = filled;
                rest = rest[1..];
            }
        }

        return Spread(bytes, filled, gap);
    }

    private static bool TryGroup(ReadOnlySpan<byte> group, Span<byte> bytes)
    {
        if (group.Length is 0 or > 4)
        {
            return false;
        }

        var value = 0;
        foreach (var item in group)
        {
            if (!char.IsAsciiHexDigit((char)item))
            {
                return false;
            }

            value = (value << 4) | JsonText.HexValue(item);
        }

        bytes[0] = (byte)(value >> 8);
        bytes[1] = (byte)value;
        return true;
    }

    /// <summary>Moves what came after the gap <c>::</c> to the end.</summary>
    private static bool Spread(Span<byte> bytes, int filled, int gap)
    {
        if (gap < 0)
        {
            return filled == Ipv6Length;
        }

        if (filled > Ipv6Length - 2)
        {
            return false;
        }

        var tail = filled - gap;
        bytes.Slice(gap, tail).CopyTo(bytes[(Ipv6Length - tail)..]);
        bytes[gap..(Ipv6Length - tail)].Clear();
        return true;
    }
}
