using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
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
    /// 1 KiB for an account id of 128 four-byte characters and an event id of 64.
    /// </summary>
    public const int BytesMax = ObservationsMax * 2560;

    private readonly Observation[] _observations = new Observation[ObservationsMax];
    private readonly Utf8Text[] _eventIds = new Utf8Text[ObservationsMax];

    /// <summary>The good lines.</summary>
    public ReadOnlySpan<Observation> Observations => _observations.AsSpan(0, Count);

    /// <summary>The event ids of the good lines, place by place.</summary>
    public ReadOnlySpan<Utf8Text> EventIds => _eventIds.AsSpan(0, Count);

    /// <summary>How many good lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>The version that scored all good lines; null where there are none.</summary>
    public ScoringModel? Model { get; set; }

    /// <summary>The others, in their order.</summary>
    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Forgets everything and keeps the room.</summary>
    public void Clear()
    {
        Count = 0;
        Model = null;
        DeadLetters.Clear();
    }

    /// <summary>The place for the next good line.</summary>
    public Observation Add(Utf8Text eventId)
    {
        // Made when they are first needed: a lane of a quiet partition never has a full chunk.
        (_eventIds[Count] ??= new Utf8Text()).Set(eventId);
        return _observations[Count++] ??= new Observation();
    }
}
