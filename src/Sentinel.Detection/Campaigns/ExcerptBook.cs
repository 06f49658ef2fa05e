using Sentinel.Detection.Links;

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
    private readonly HashSet<ulong> _pinned = [];
    private int _count;

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
        }
    }

    /// <summary>Excerpts of a frame with the account that each is of.</summary>
    public IReadOnlyList<(ulong Account, string Text)> Of(ulong frame) =>
        _byFrame.TryGetValue(frame, out var excerpts) ? excerpts : [];

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
            _frames.Enqueue(frame);
        }

        if (excerpts.Count == OfFrameMax || Holds(excerpts, note.Account))
        {
            return;
        }

        excerpts.Add((note.Account, note.Text));
        if (++_count > ExcerptsMax)
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        while (_pinned.Contains(_frames.Peek()))
        {
            _frames.Enqueue(_frames.Dequeue()); // Pinned frames hold less than half of all excerpts: this ends.
        }

        if (_byFrame.Remove(_frames.Dequeue(), out var excerpts))
        {
            _count -= excerpts.Count;
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
