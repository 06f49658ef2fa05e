using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Streaming.Preparation;

/// <summary>
/// Asks the second tier where the first one is unsure: once a frame, whose reading then changes the scores of all its
/// exchanges. What it decides depends on the exchanges so far and their order alone, never on time or on the number of
/// workers: it stands where chunks come in the order of the input. Owned by one thread at a time.
/// </summary>
/// <param name="limits">How often it may ask. A frame that finds no budget keeps the first tier's scores till it comes again.</param>
internal sealed class SecondOpinion(SecondOpinionLimits limits)
{
    /// <summary>
    /// Frames remembered in each of two generations, those read and those only seen; when the younger is full, the older
    /// is forgotten. 2 × 8 MiB.
    /// </summary>
    public const int FramesMax = 65_536;

    private readonly ushort[] _rows = new ushort[PreparedChunk.ObservationsMax * PieceLayout.Width];
    private readonly SecondReading[] _readings = new SecondReading[PreparedChunk.ObservationsMax];
    private readonly List<ulong> _asked = [];
    private readonly HashSet<ulong> _asking = [];
    private Dictionary<ulong, SecondReading> _young = [];
    private Dictionary<ulong, SecondReading> _old = [];
    private Dictionary<ulong, int> _seen = [];
    private Dictionary<ulong, int> _seenBefore = [];
    private ScoringModel? _model;
    private int _credit = limits.SavedMax * limits.ExchangesPerReading;

    /// <summary>Frames read so far.</summary>
    public long ReadCount { get; private set; }

    /// <summary>The key of an exchange's frame; of one without a frame, that of its words.</summary>
    public static ulong FrameOf(Observation observation)
    {
        ref var frame = ref observation.Frame;
        return (frame.SystemAnchor | frame.HeadAnchor | frame.TailAnchor) == 0
            ? observation.ContentKey
            : KeyHash.Combine(frame.SystemAnchor, KeyHash.Combine(frame.HeadAnchor, frame.TailAnchor));
    }

    /// <summary>Asks about a chunk; its scores are final afterwards.</summary>
    public void Ask(PreparedChunk chunk)
    {
        if (chunk.Second is not { } second)
        {
            return;
        }

        if (!ReferenceEquals(_model, second.Model))
        {
            // Another version reads otherwise.
            _model = second.Model;
            _young.Clear();
            _old.Clear();
        }

        Choose(chunk, second.AskedFromSteps);
        Read(second);
        Change(chunk, second);
        chunk.LetGoSecond();
    }

    private void Choose(PreparedChunk chunk, ushort from)
    {
        _asked.Clear();
        _asking.Clear();
        for (var i = 0; i < chunk.Count; i++)
        {
            _credit = Math.Min(_credit + 1, limits.SavedMax * limits.ExchangesPerReading);
            var observation = chunk.Observations[i];
            if (observation.Scores.HarvestSteps < from)
            {
                continue;
            }

            var frame = FrameOf(observation);
            if (_young.ContainsKey(frame) || _old.ContainsKey(frame) || _asking.Contains(frame)
                || Sighted(frame) < limits.SightingsMin || _credit < limits.ExchangesPerReading)
            {
                continue;
            }

            if (chunk.PiecesOfFrame(frame) is { IsEmpty: false } pieces)
            {
                pieces.CopyTo(_rows.AsSpan(_asked.Count * PieceLayout.Width));
                _asked.Add(frame);
                _asking.Add(frame);
                _credit -= limits.ExchangesPerReading;
            }
        }
    }

    // How often a frame has come, this time included.
    private int Sighted(ulong frame)
    {
        if (limits.SightingsMin <= 1)
        {
            return 1;
        }

        if (!_seen.TryGetValue(frame, out var count) && !_seenBefore.TryGetValue(frame, out count)
            && _seen.Count >= FramesMax)
        {
            (_seen, _seenBefore) = (_seenBefore, _seen);
            _seen.Clear();
        }

        return _seen[frame] = count + 1;
    }

    private void Read(ISecondTier second)
    {
        if (_asked.Count == 0)
        {
            return;
        }

        // What is read of one depends on no other: on how many cores makes no difference.
        Parallel.For(
            0, _asked.Count,
            i => second.Read(_rows.AsSpan(i * PieceLayout.Width, PieceLayout.Width), _readings.AsSpan(i, 1)));
        for (var i = 0; i < _asked.Count; i++)
        {
            Remember(_asked[i], _readings[i]);
        }

        ReadCount += _asked.Count;
    }

    private void Change(PreparedChunk chunk, ISecondTier second)
    {
        for (var i = 0; i < chunk.Count; i++)
        {
            var observation = chunk.Observations[i];
            if (observation.Scores.HarvestSteps >= second.AskedFromSteps
                && TryRecall(FrameOf(observation), out var reading))
            {
                second.Change(ref observation.Scores, reading);
                observation.Tier = Observation.SecondTier;
                chunk.SecondModel = second.Model;
            }
        }
    }

    // A frame that is asked for again stays: it moves to the younger generation.
    private bool TryRecall(ulong frame, out SecondReading reading)
    {
        if (_young.TryGetValue(frame, out reading))
        {
            return true;
        }

        if (!_old.TryGetValue(frame, out reading))
        {
            return false;
        }

        Remember(frame, reading);
        return true;
    }

    private void Remember(ulong frame, in SecondReading reading)
    {
        if (_young.Count >= FramesMax)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[frame] = reading;
    }
}
