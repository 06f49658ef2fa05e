using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Api.Security;

/// <summary>
/// Who may call: immutable, read whole from a file. Keys are found by a digest that nobody can steer and then compared in
/// constant time, so that no answer's time tells how near a guess was.
/// </summary>
internal sealed class KeyRing
{
    /// <summary>Most lines that are no comments.</summary>
    public const int KeysMax = 10_000;

    /// <summary>Longest key that is looked at.</summary>
    public const int KeyCharsMax = 512;

    private const string KeyMark = "sha256:";
    private const string CertificateMark = "cert:";

    private readonly FrozenDictionary<ulong, CallerKey[]> _keys;
    private readonly FrozenDictionary<ulong, CallerKey[]> _certificates;

    private KeyRing(List<CallerKey> keys, List<CallerKey> certificates)
    {
        (_keys, _certificates) = (Indexed(keys), Indexed(certificates));
        Count = keys.Count + certificates.Count;
    }

    /// <summary>Keys and certificates in it.</summary>
    public int Count { get; }

    /// <summary>
    /// Reads a file of lines <c>id scopes sha256:DIGEST [until]</c>, or <c>cert:DIGEST</c>, with comments after <c>#</c>.
    /// </summary>
    /// <param name="text">The file.</param>
    /// <param name="ring">What it holds.</param>
    /// <param name="fault">The first line that is wrong, and why. Never the line itself.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out KeyRing? ring, [NotNullWhen(false)] out string? fault)
    {
        (ring, fault) = (null, null);
        var (keys, certificates, number) = (new List<CallerKey>(), new List<CallerKey>(), 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var comment = line.IndexOf('#');
            var parts = (comment < 0 ? line : line[..comment]).ToString()
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
            {
                continue;
            }

            if (FaultOf(parts, out var key, out var isCertificate) is { } wrong)
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"line {number}: {wrong}");
                return false;
            }

            (isCertificate ? certificates : keys).Add(key!);
        }

        if (keys.Count + certificates.Count is 0 or > KeysMax)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"it must have 1 to {KeysMax} keys.");
            return false;
        }

        ring = new KeyRing(keys, certificates);
        return true;
    }

    /// <summary>The caller of a key; null where there is none.</summary>
    public CallerKey? FindKey(ReadOnlySpan<char> key)
    {
        if (key.IsEmpty || key.Length > KeyCharsMax)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[KeyCharsMax * 3];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], digest);
        return Find(_keys, digest);
    }

    /// <summary>The caller of a certificate, by the digest of its DER form; null where there is none.</summary>
    public CallerKey? FindCertificate(ReadOnlySpan<byte> digest) => Find(_certificates, digest);

    private static CallerKey? Find(FrozenDictionary<ulong, CallerKey[]> keys, ReadOnlySpan<byte> digest)
    {
        CallerKey? found = null;
        foreach (var key in keys.GetValueOrDefault(BinaryPrimitives.ReadUInt64LittleEndian(digest), []))
        {
            found = CryptographicOperations.FixedTimeEquals(key.Digest, digest) ? key : found;
        }

        return found;
    }

    private static FrozenDictionary<ulong, CallerKey[]> Indexed(List<CallerKey> keys) => keys
        .GroupBy(static key => BinaryPrimitives.ReadUInt64LittleEndian(key.Digest))
        .ToFrozenDictionary(static group => group.Key, static group => group.ToArray());

    private static string? FaultOf(string[] parts, out CallerKey? key, out bool isCertificate)
    {
        const int IdCharsMax = 64;
        (key, isCertificate) = (null, false);
        if (parts.Length is < 3 or > 4)
        {
            return "it has an id, scopes, sha256:… or cert:…, and at most a time.";
        }

        if (parts[0].Length > IdCharsMax || !parts[0].All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            return "the id is not 1 to 64 letters, digits, '-', '_' and '.'.";
        }

        if (!CallerScopesText.TryRead(parts[1], out var scopes))
        {
            return "the scopes are not some of fronts, ingest, admin, appeals, viewer, analyst and lead, separated by commas.";
        }

        isCertificate = parts[2].StartsWith(CertificateMark, StringComparison.Ordinal);
        var mark = isCertificate ? CertificateMark : KeyMark;
        var digest = new byte[SHA256.HashSizeInBytes];
        if (!parts[2].StartsWith(mark, StringComparison.Ordinal) || parts[2].Length != mark.Length + (2 * digest.Length)
            || Convert.FromHexString(parts[2].AsSpan(mark.Length), digest, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return "the third part is not sha256: or cert: and 64 hexadecimal digits.";
        }

        DateTimeOffset? until = null;
        if (parts.Length == 4)
        {
            if (!DateTimeOffset.TryParse(
                parts[3], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return "the time cannot be read.";
            }

            until = time;
        }

        key = new CallerKey(parts[0], scopes, digest, until);
        return null;
    }
}
