using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Streaming.Preparation;

/// <summary>
/// What became of a chunk of lines: the good ones as observations, in their order, and the others as dead letters.
/// Reused; owned by one thread at a time.
/// </summary>
internal sealed class PreparedChunk
{
    /// <summary>Most observations: one a line.</summary>
    public const int ObservationsMax = Input.LineChunk.LinesMax;

    /// <summary>
    /// Most memory that the observations take: about 0.5 KiB of numbers each, 1 KiB for an excerpt of 640 bytes and
    /// 1 KiB for an account id of 128 four-byte characters and an event id of 64; with a second tier 0.75 KiB of pieces.
    /// </summary>
    public const int BytesMax = ObservationsMax * (2560 + (sizeof(ushort) * PieceLayout.Width));

    private readonly Observation[] _observations = new Observation[ObservationsMax];
    private readonly Utf8Text[] _eventIds = new Utf8Text[ObservationsMax];
    private readonly Dictionary<ulong, int> _pieceRows = [];
    private ushort[]? _pieces;

    /// <summary>The good lines.</summary>
    public ReadOnlySpan<Observation> Observations => _observations.AsSpan(0, Count);

    /// <summary>The event ids of the good lines, place by place.</summary>
    public ReadOnlySpan<Utf8Text> EventIds => _eventIds.AsSpan(0, Count);

    /// <summary>How many good lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>The version that scored all good lines; null where there are none.</summary>
    public ScoringModel? Model { get; set; }

    /// <summary>
    /// The second tier that may be asked about these lines, held until it was; null where there is none or nothing to
    /// ask.
    /// </summary>
    public ISecondTier? Second { get; private set; }

    /// <summary>The version of the second tier that changed scores here; null where none did.</summary>
    public ScoringModel? SecondModel { get; set; }

    /// <summary>The others, in their order.</summary>
    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Forgets everything and keeps the room.</summary>
    public void Clear()
    {
        Count = 0;
        Model = SecondModel = null;
        DeadLetters.Clear();
        LetGoSecond();
    }

    /// <summary>Takes over a hold of the second tier; rows of pieces for it follow.</summary>
    public void TakeSecond(ISecondTier second)
    {
        Second = second;
        _pieces ??= new ushort[ObservationsMax * PieceLayout.Width];
        _pieceRows.Clear();
    }

    /// <summary>The row that gets the pieces of a frame; false where it has one.</summary>
    public bool TryAddPieces(ulong frame, out Span<ushort> row)
    {
        var isNew = _pieceRows.TryAdd(frame, _pieceRows.Count);
        row = isNew ? RowAt(_pieceRows.Count - 1) : [];
        return isNew;
    }

    /// <summary>The pieces of a frame; empty where there are none.</summary>
    public ReadOnlySpan<ushort> PiecesOfFrame(ulong frame) =>
        _pieceRows.TryGetValue(frame, out var row) ? RowAt(row) : [];

    /// <summary>Ends the hold of the second tier.</summary>
    public void LetGoSecond()
    {
        Second?.LetGo();
        Second = null;
    }

    /// <summary>The place for the next good line.</summary>
    public Observation Add(Utf8Text eventId)
    {
        // Made when they are first needed: a lane of a quiet partition never has a full chunk.
        (_eventIds[Count] ??= new Utf8Text()).Set(eventId);
        return _observations[Count++] ??= new Observation();
    }

    private Span<ushort> RowAt(int row) => _pieces.AsSpan(row * PieceLayout.Width, PieceLayout.Width);
}
