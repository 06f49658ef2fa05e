namespace Sentinel.Detection.Stages;

/// <summary>Which topic a piece goes to.</summary>
public enum PieceTarget : byte
{
    /// <summary>To the link lane of one partition.</summary>
    Links,

    /// <summary>To the campaigns lane.</summary>
    Edges,
}

/// <summary>
/// Part of what one lane tells another about one tick of event time. Pieces of one lane carry rising numbers, so that
/// one that is sent again after a crash is known and left out.
/// </summary>
/// <param name="Target">Which topic.</param>
/// <param name="Partition">Which partition of it.</param>
/// <param name="Body">The bytes.</param>
public readonly record struct Piece(PieceTarget Target, int Partition, byte[] Body);

/// <summary>What a stage caused. Reused by its lane: read it, then clear it.</summary>
public sealed class StageOutput
{
    /// <summary>Verdicts, campaigns and links that changed.</summary>
    public JudgeOutput Findings { get; } = new();

    /// <summary>Pieces for other lanes, in the order in which they must be written.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>Pieces that were broken inside and left out in part.</summary>
    public int BrokenPieces { get; internal set; }

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => Pieces.Count == 0 && Findings.Verdicts.Count == 0 && Findings.Campaigns.Count == 0
        && Findings.Links.Count == 0;

    /// <summary>Forgets all and keeps the room.</summary>
    public void Clear()
    {
        Findings.Clear();
        Pieces.Clear();
        BrokenPieces = 0;
    }
}
