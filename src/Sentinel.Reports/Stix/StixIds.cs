using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Reports.Stix;

/// <summary>Ids that follow from what they name: UUID version 5 (RFC 9562), so that the same thing told twice is one object.</summary>
internal static class StixIds
{
    // The namespace of this program, made once at random.
    private static readonly Guid Own = new("6f3d2f5e-93c8-4d0a-9a0e-5d1f7c1b8a42");

    // The namespace that STIX 2.1 gives for cyber observables.
    private static readonly Guid Observables = new("00abedb4-aa42-466c-9c01-fed23315a9b7");

    /// <summary>The id of an object of ours.</summary>
    public static string Of(string type, params ReadOnlySpan<string> names) =>
        type + "--" + Uuid(Own, type + "\u001f" + string.Join('\u001f', names));

    /// <summary>The id of a cyber observable: <paramref name="contributing"/> is canonical JSON.</summary>
    public static string OfObservable(string type, string contributing) =>
        type + "--" + Uuid(Observables, contributing);

    /// <summary>UUID version 5.</summary>
    public static Guid Uuid(Guid space, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
#pragma warning disable CA5350 // RFC 9562 says SHA-1; nothing is secured by it.
        var hash = SHA1.HashData(bytes).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(
            BinaryPrimitives.ReadInt32BigEndian(hash), BinaryPrimitives.ReadInt16BigEndian(hash[4..]),
            BinaryPrimitives.ReadInt16BigEndian(hash[6..]), hash[8..].ToArray());
    }
}
