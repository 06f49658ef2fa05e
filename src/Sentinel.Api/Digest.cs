using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Api;

/// <summary>SHA-256 of texts and bytes, for ids that follow from what they name and for telling whether something changed.
/// Thread-safe.</summary>
internal static class Digest
{
    /// <summary>The digest of a text in UTF-8: 32 bytes.</summary>
    public static byte[] Of(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The same in lower hexadecimal: 64 letters.</summary>
    public static string HexOf(string text) => Convert.ToHexStringLower(Of(text));

    /// <summary>The beginning of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="letters">How many of the 64 letters.</param>
    public static string HexOf(string text, int letters) => HexOf(text)[..letters];

    /// <summary>The digest of bytes in lower hexadecimal: 64 letters.</summary>
    public static string HexOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
