using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Storage.Snapshots;

/// <summary>Who signs, and where.</summary>
internal readonly record struct S3Signer(string AccessKey, string SecretKey, string Region);

// AWS Signature Version 4 for S3, with the three headers that every request here has.
internal static class S3Signature
{
    public const string HashHeader = "x-amz-content-sha256";
    public const string TimeHeader = "x-amz-date";

    /// <summary>SHA-256 of nothing.</summary>
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string SignedHeaders = $"host;{HashHeader};{TimeHeader}";

    /// <summary>Value of the time header.</summary>
    public static string TimeOf(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Value of the header <c>Authorization</c>.</summary>
    /// <param name="signer">Who signs.</param>
    /// <param name="method">The method.</param>
    /// <param name="host">Host and port as the header <c>Host</c> says them.</param>
    /// <param name="path">Path, escaped as it is sent.</param>
    /// <param name="query">Query without its mark, escaped, sorted by name, each name with <c>=</c>.</param>
    /// <param name="hash">SHA-256 of the body in hexadecimal.</param>
    /// <param name="time">Value of the time header.</param>
    public static string Authorization(
        in S3Signer signer, string method, string host, string path, string query, string hash, string time)
    {
        var day = time[..8];
        var scope = $"{day}/{signer.Region}/s3/aws4_request";
        var request = $"{method}\n{path}\n{query}\nhost:{host}\n{HashHeader}:{hash}\n{TimeHeader}:{time}\n\n"
            + $"{SignedHeaders}\n{hash}";
        var requestHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{requestHash}";

        var key = Keyed(Encoding.UTF8.GetBytes("AWS4" + signer.SecretKey), day);
        key = Keyed(Keyed(Keyed(key, signer.Region), "s3"), "aws4_request");
        var signature = Convert.ToHexStringLower(Keyed(key, text));
        return $"AWS4-HMAC-SHA256 Credential={signer.AccessKey}/{scope},SignedHeaders={SignedHeaders},"
            + $"Signature={signature}";
    }

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
