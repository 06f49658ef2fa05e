using Sentinel.Detection.Links;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// A frame as an account remembers it: of the key of each of its anchors 24 bits, 0 for none. Enough to tell it from the fifteen others
/// that the account remembers (one exchange in 350,000 goes to a wrong one) and to find it again by its key.
/// </summary>
/// <param name="System">Tag of the system prompt.</param>
/// <param name="Head">Tag of how the message begins.</param>
/// <param name="Tail">Tag of how it ends.</param>
internal readonly record struct FrameTags(uint System, uint Head, uint Tail)
{
    /// <summary>Bytes of a tag.</summary>
    public const int TagBytes = 3;

    /// <summary>The tag that names the frame: system, else head, else tail; 0 for prompts without a frame.</summary>
    public uint Name => System != 0 ? System : Head != 0 ? Head : Tail;

    /// <summary>Whether the prompt has no frame.</summary>
    public bool IsNone => (System | Head | Tail) == 0;

    /// <summary>The tags of a frame.</summary>
    public static FrameTags Of(in FrameSketch frame) =>
        new(OfAnchor(frame.SystemAnchor), OfAnchor(frame.HeadAnchor), OfAnchor(frame.TailAnchor));

    /// <summary>The tag of a link key of kind <see cref="LinkKind.Template"/>; never 0.</summary>
    public static uint OfKey(ulong key) => Math.Max(1, (uint)(key >> (64 - (8 * TagBytes))));

    /// <summary>Whether one of the anchors has this tag.</summary>
    public bool Has(uint tag) => System == tag || Head == tag || Tail == tag;

    /// <summary>Whether two prompts have an anchor in common: then they are of one frame.</summary>
    public bool Meets(in FrameTags other) =>
        (System != 0 && System == other.System) || (Head != 0 && Head == other.Head) || (Tail != 0 && Tail == other.Tail);

    private static uint OfAnchor(ulong anchor) => anchor == 0 ? 0 : OfKey(LinkKeys.Of(LinkKind.Template, anchor));
}
