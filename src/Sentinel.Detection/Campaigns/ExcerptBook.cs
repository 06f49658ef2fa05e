using Sentinel.Detection.Links;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Masked excerpts by frame, each of another account: what a frame's text is drawn from. Past its bound the frames heard
/// of longest ago give way. Owned by the campaigns lane's thread.
/// </summary>
internal sealed class ExcerptBook
{
    /// <summary>Excerpts kept of one frame.</summary>
    public const int OfFrameMax = 6;

    /// <summary>Excerpts kept over all frames: at most 640 bytes each, so about 10 MiB of text.</summary>
    public const int ExcerptsMax = 16_384;

    private const int PinnedMax = 1_024;

    private readonly Dictionary<ulong, List<(ulong Account, string Text)>> _byFrame = [];
    private readonly Queue<ulong> _frames = new();
    private readonly Dictionary<ulong, long> _turns = [];
    private readonly HashSet<ulong> _unsaved = [];
    private long _turn;
    private readonly HashSet<ulong> _pinned = [];
    private int _count;

    /// <summary>Whether to remember what changed since the last snapshot.</summary>
    public bool TracksChanges { get; set; }

    /// <summary>Takes an excerpt into every frame that it shows.</summary>
    public void Take(in ExcerptNote note)
    {
        Add(note.SystemKey, note);
        Add(note.HeadKey, note);
        Add(note.TailKey, note);
    }

    /// <summary>Keeps the excerpts of a frame that a campaign is told by.</summary>
    public void Pin(ulong frame)
    {
        if (_pinned.Count < PinnedMax)
        {
            _pinned.Add(frame);
            MarkUnsaved(frame);
        }
    }

    /// <summary>Excerpts of a frame with the account that each is of.</summary>
    public IReadOnlyList<(ulong Account, string Text)> Of(ulong frame) =>
        _byFrame.TryGetValue(frame, out var excerpts) ? excerpts : [];

    /// <summary>Writes what changed since the last call.</summary>
    public void Save(SegmentWriter to, byte section)
    {
        var writer = new StateWriter();
        foreach (var frame in _unsaved)
        {
            writer.Clear();
            if (_byFrame.TryGetValue(frame, out var excerpts))
            {
                writer.PutCount(_turns[frame]);
                writer.PutBool(_pinned.Contains(frame));
                writer.PutCount(excerpts.Count);
                foreach (var (account, text) in excerpts)
                {
                    writer.PutUInt64(account);
                    writer.PutText(text);
                }
            }

            to.Keyed(section, frame, writer.Written);
        }

        _unsaved.Clear();
    }

    /// <summary>Takes over the frames of a snapshot.</summary>
    public void Restore(Dictionary<ulong, byte[]> frames)
    {
        foreach (var (frame, bytes) in frames)
        {
            var reader = new StateReader(bytes);
            _turns[frame] = reader.TakeLong();
            _turn = Math.Max(_turn, _turns[frame] + 1);
            if (reader.TakeBool())
            {
                _pinned.Add(frame);
            }

            var excerpts = new List<(ulong, string)>();
            for (var left = reader.TakeCountOf(9); left > 0; left--)
            {
                excerpts.Add((reader.TakeUInt64(), reader.TakeText()));
            }

            _byFrame[frame] = excerpts;
            _count += excerpts.Count;
        }

        foreach (var (frame, _) in _turns.OrderBy(static turn => turn.Value))
        {
            _frames.Enqueue(frame);
        }
    }

    private void Add(ulong frame, in ExcerptNote note)
    {
        if (frame == 0)
        {
            return;
        }

        if (!_byFrame.TryGetValue(frame, out var excerpts))
        {
            excerpts = new List<(ulong, string)>(1);
            _byFrame.Add(frame, excerpts);
            Enqueue(frame);
        }

        if (excerpts.Count == OfFrameMax || Holds(excerpts, note.Account))
        {
            return;
        }

        excerpts.Add((note.Account, note.Text));
        MarkUnsaved(frame);
        if (++_count > ExcerptsMax)
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        while (_pinned.Contains(_frames.Peek()))
        {
            Enqueue(_frames.Dequeue()); // Pinned frames hold less than half of all excerpts: this ends.
        }

        var oldest = _frames.Dequeue();
        if (_byFrame.Remove(oldest, out var excerpts))
        {
            _count -= excerpts.Count;
            _turns.Remove(oldest);
            MarkUnsaved(oldest);
        }
    }

    private void Enqueue(ulong frame)
    {
        _frames.Enqueue(frame);
        _turns[frame] = _turn++;
        MarkUnsaved(frame);
    }

    private void MarkUnsaved(ulong frame)
    {
        if (TracksChanges)
        {
            _unsaved.Add(frame);
        }
    }

    private static bool Holds(List<(ulong Account, string Text)> excerpts, ulong account)
    {
        foreach (var excerpt in excerpts)
        {
            if (excerpt.Account == account)
            {
                return true;
            }
        }

        return false;
    }
}
