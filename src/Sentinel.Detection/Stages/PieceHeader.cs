using Sentinel.Detection.State;

namespace Sentinel.Detection.Stages;

/// <summary>What every piece begins with.</summary>
/// <param name="Kind">What follows.</param>
/// <param name="Source">Partition of the lane that sent it.</param>
/// <param name="Sequence">Rises with every piece of the source.</param>
/// <param name="Tick">The tick that it is about.</param>
/// <param name="EndsThrough">The last tick of which nothing more comes from this source.</param>
internal readonly record struct PieceHeader(PieceKind Kind, int Source, long Sequence, long Tick, long EndsThrough)
{
    /// <summary>Version of the pieces' format; written first.</summary>
    public const byte Version = 4;

    // Before that profiles were not packed.
    private const byte ProfilesSince = 4;

    /// <summary>Name of the source among the sources of all kinds.</summary>
    public SourceId From => new(Kind, Source);

    public void Write(StateWriter to)
    {
        to.PutByte(Version);
        to.PutByte((byte)Kind);
        to.PutCount(Source);
        to.PutCount(Sequence);
        to.PutInt64(Tick);
        to.PutInt64(EndsThrough);
    }

    /// <exception cref="InvalidDataException">These bytes are no piece.</exception>
    /// <exception cref="NewerFormatException">A newer version of the program wrote it.</exception>
    public static PieceHeader Read(ref StateReader from)
    {
        var version = from.TakeByte();
        if (version is 0 or > 0x1F)
        {
            throw new InvalidDataException("These bytes are no piece of a tick.");
        }

        if (version > Version)
        {
            throw new NewerFormatException($"a piece has format {version}, this program knows up to {Version}");
        }

        var kind = (PieceKind)from.TakeByte();
        if (kind == PieceKind.Profiles && version < ProfilesSince)
        {
            throw new InvalidDataException($"A piece of profiles has format {version}, which this program no longer reads.");
        }

        return Enum.IsDefined(kind)
            ? new PieceHeader(kind, from.TakeCount(), from.TakeLong(), from.TakeInt64(), from.TakeInt64())
            : throw new InvalidDataException("These bytes are no piece of a tick.");
    }
}

/// <summary>What a piece holds.</summary>
internal enum PieceKind : byte
{
    /// <summary>Sightings and frame uses, from an account lane to a link lane.</summary>
    Sightings = 1,

    /// <summary>Profiles and excerpts, from an account lane to the campaigns lane.</summary>
    Profiles = 2,

    /// <summary>Changes of shared keys, from a link lane to the campaigns lane.</summary>
    Edges = 3,
}

/// <summary>A lane that sends pieces.</summary>
internal readonly record struct SourceId(PieceKind Kind, int Partition) : IComparable<SourceId>
{
    public int CompareTo(SourceId other) =>
        Kind != other.Kind ? Kind.CompareTo(other.Kind) : Partition.CompareTo(other.Partition);
}

/// <summary>Something was written by a newer version of the program; this one must not guess at it.</summary>
public sealed class NewerFormatException(string message) : Exception(message);
