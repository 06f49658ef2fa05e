using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Client;

/// <summary>Tells whether a webhook comes from who holds the secret.</summary>
public static class WebhookSignature
{
    /// <summary>The header that holds <c>t=UNIX SECONDS,v1=HMAC-SHA-256 of "t.body" in hexadecimal</c>.</summary>
    public const string Header = "x-llm-sentinel-signature";

    private const int HeaderMax = 256;

    /// <summary>Whether a signature is right and no further from now than this.</summary>
    /// <param name="header">The header's value, as it came.</param>
    /// <param name="body">The body, byte for byte.</param>
    /// <param name="secret">The secret of the target.</param>
    /// <param name="now">The receiver's time.</param>
    /// <param name="apartMax">How far the sender's time may be from it: what is older may be a replay.</param>
    public static bool IsRight(string header, ReadOnlySpan<byte> body, string secret, DateTimeOffset now, TimeSpan apartMax)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(secret);
        var comma = header.IndexOf(",v1=", StringComparison.Ordinal);
        if (header.Length > HeaderMax || comma < 0 || !header.StartsWith("t=", StringComparison.Ordinal)
            || !long.TryParse(header.AsSpan(2, comma - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > apartMax.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.ASCII.GetBytes(header[2..comma] + "."), .. body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(header[(comma + 4)..]));
    }
}
