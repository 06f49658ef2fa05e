using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Sentinel.Api;

/// <summary>Account ids as they arrive from outside: any text of 1 to 128 characters.</summary>
internal static class AccountIdText
{
    /// <summary>Longest account id, in characters (code points).</summary>
    public const int CharsMax = 128;

    // One code point is at most 4 bytes, each at most 3 characters when percent-encoded.
    private const int EncodedMax = CharsMax * 4 * 3;

    /// <summary>Whether a text can be an account id.</summary>
    public static bool IsValid([NotNullWhen(true)] string? id) => id is not null && IsValid(id.AsSpan());

    /// <summary>Whether a text can be an account id.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.IsEmpty || id.Length > CharsMax * 2)
        {
            return false;
        }

        if (Ascii.IsValid(id))
        {
            return id.Length <= CharsMax;
        }

        var count = 0;
        for (var rest = id; !rest.IsEmpty; count++)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != OperationStatus.Done)
            {
                return false; // Half of a surrogate pair.
            }

            rest = rest[used..];
        }

        return count <= CharsMax;
    }

    /// <summary>
    /// The id in the last segment of a request target as it was sent. The path that the server decoded will not do:
    /// it leaves <c>%2F</c> as it is, so that an id with a slash and one with the text "%2F" would look alike.
    /// </summary>
    public static bool TryReadLastSegment(string rawTarget, [NotNullWhen(true)] out string? id)
    {
        var path = rawTarget.AsSpan();
        var end = path.IndexOfAny('?', '#');
        path = end < 0 ? path : path[..end];
        var segment = path[(path.LastIndexOf('/') + 1)..];
        id = null;
        if (segment.IsEmpty || segment.Length > EncodedMax)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[EncodedMax];
        if (!TryDecode(segment, bytes, out var length) || !Utf8.IsValid(bytes[..length]))
        {
            return false;
        }

        id = Encoding.UTF8.GetString(bytes[..length]);
        return IsValid(id);
    }

    private static bool TryDecode(ReadOnlySpan<char> segment, Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] is not '%')
            {
                if (!char.IsAscii(segment[i]))
                {
                    return false;
                }

                bytes[length++] = (byte)segment[i];
                continue;
            }

            if (i + 2 >= segment.Length || !IsHex(segment.Slice(i + 1, 2), bytes[length..]))
            {
                return false;
            }

            length++;
            i += 2;
        }

        return true;
    }

    private static bool IsHex(ReadOnlySpan<char> digits, Span<byte> value) =>
        Convert.FromHexString(digits, value, out _, out _) == OperationStatus.Done;
}
