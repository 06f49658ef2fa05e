using Sentinel.Detection.State;

namespace Sentinel.Detection.Stages;

/// <summary>What a lane saves of its stage and loads again. Owned by the lane's thread.</summary>
public interface ISavedStage
{
    /// <summary>
    /// Rough bytes that changes since the last snapshot take in memory: a snapshot is due when they become many.
    /// </summary>
    long UnsavedBytes { get; }

    /// <summary>From now on remembers what changed; to be called once, after loading and before anything is taken.</summary>
    void TrackChanges();

    /// <summary>Writes what changed since the last call.</summary>
    void Save(SegmentWriter writer);

    /// <summary>Reads one segment; they come in the order in which they were written.</summary>
    /// <exception cref="InvalidDataException">The bytes are no state of this stage.</exception>
    void Load(ReadOnlySpan<byte> segment);

    /// <summary>All segments are read.</summary>
    /// <exception cref="InvalidDataException">Something is missing.</exception>
    void EndLoading();
}

/// <summary>A stage that takes pieces of other lanes. Owned by its lane's thread.</summary>
public interface IPieceStage : ISavedStage
{
    /// <summary>Bytes of pieces held back.</summary>
    long HeldBytes { get; }

    /// <summary>Offset to read from after this state, when <paramref name="offset"/> is that of the next record.</summary>
    long ResumeOffset(long offset);

    /// <summary>Takes a piece.</summary>
    /// <exception cref="InvalidDataException">These bytes are no such piece.</exception>
    /// <exception cref="NewerFormatException">A newer version of the program wrote it.</exception>
    void Take(ReadOnlySpan<byte> piece, long offset, StageOutput output);
}

/// <summary>Reads the stage's own value out of segments and leaves the rest to its judge.</summary>
internal sealed class StageVisitor(ISegmentVisitor judge) : ISegmentVisitor
{
    /// <summary>Section of a stage's own value: far from those of its judge.</summary>
    public const byte Section = 100;

    /// <summary>The latest value; empty when there was none.</summary>
    public byte[] Value { get; private set; } = [];

    public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value) => judge.Keyed(section, key, value);

    public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items) =>
        judge.Log(section, start, itemBytes, generationMax, items);

    public void Single(byte section, ReadOnlySpan<byte> value)
    {
        if (section == Section)
        {
            Value = value.ToArray();
        }
        else
        {
            judge.Single(section, value);
        }
    }
}
