using Sentinel.Detection.Links;

namespace Sentinel.Detection.Accounts;

/// <summary>What an account lane has to tell the lanes behind it. Reused; owned by the lane's thread.</summary>
internal sealed class AccountNotes
{
    /// <summary>Keys that accounts met for the first time.</summary>
    public List<Sighting> Sightings { get; } = [];

    /// <summary>How often frames were sent.</summary>
    public List<FrameUse> FrameUses { get; } = [];

    /// <summary>Excerpts of frames.</summary>
    public List<ExcerptNote> Excerpts { get; } = [];

    /// <summary>Profiles that changed enough to be told; the lane's own, to be copied or written out at once.</summary>
    public List<AccountProfile> Profiles { get; } = [];

    /// <summary>Forgets all and keeps the room.</summary>
    public void Clear()
    {
        Sightings.Clear();
        FrameUses.Clear();
        Excerpts.Clear();
        Profiles.Clear();
    }
}
