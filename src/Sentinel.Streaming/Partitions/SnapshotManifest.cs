using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Streaming.Partitions;

/// <summary>One part of a snapshot.</summary>
/// <param name="Name">Name of its blob.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">SHA-256 of the bytes.</param>
internal sealed record SnapshotSegment(string Name, long Length, byte[] Hash);

/// <summary>
/// What a snapshot is made of, and where in the log it stands. Ends with the SHA-256 of all before, so that one that is
/// torn is known.
/// </summary>
/// <param name="Resume">Offset to read from.</param>
/// <param name="Position">Offset below which all effects are durable and part of the state.</param>
/// <param name="Segments">The parts, oldest first.</param>
internal sealed record SnapshotManifest(long Resume, long Position, IReadOnlyList<SnapshotSegment> Segments)
{
    /// <summary>Version of the format of manifests, segments and the state in them: only equal ones are read.</summary>
    public const ushort Format = 6;

    private static ReadOnlySpan<byte> Magic => "LSNP"u8;

    /// <summary>The bytes of the blob.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Format);
            writer.Write(Resume);
            writer.Write(Position);
            writer.Write(Segments.Count);
            foreach (var segment in Segments)
            {
                writer.Write(segment.Name);
                writer.Write(segment.Length);
                writer.Write(segment.Hash);
            }
        }

        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a blob; null when it is torn.</summary>
    /// <exception cref="Lanes.LaneFaultedException">Another version of the program wrote it.</exception>
    public static SnapshotManifest? Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < Magic.Length + sizeof(ushort) + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
        {
            return null;
        }

        var format = BinaryPrimitives.ReadUInt16LittleEndian(bytes[Magic.Length..]);
        var body = bytes[..^SHA256.HashSizeInBytes];
        var isWhole = SHA256.HashData(body).AsSpan().SequenceEqual(bytes[^SHA256.HashSizeInBytes..]);
        if (isWhole && format != Format)
        {
            throw new Lanes.LaneFaultedException(
                $"Snapshot {name} has format {format} and this program reads {Format}: run the "
                + $"{(format > Format ? "newer" : "older")} version, or delete the snapshot to judge the log again from its "
                + "beginning.");
        }

        return isWhole ? ReadBody(body[(Magic.Length + sizeof(ushort))..].ToArray()) : null;
    }

    private static SnapshotManifest ReadBody(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body), Encoding.UTF8);
        var (resume, position) = (reader.ReadInt64(), reader.ReadInt64());
        var segments = new List<SnapshotSegment>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            segments.Add(new SnapshotSegment(
                reader.ReadString(), reader.ReadInt64(), reader.ReadBytes(SHA256.HashSizeInBytes)));
        }

        return new SnapshotManifest(resume, position, segments);
    }
}
