using Sentinel.Detection.Accounts;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// An account as the campaigns lane knows it: its profile as last told, the keys it shares, the group and campaign it
/// is judged by. Owned by the lane's thread.
/// </summary>
internal sealed class LinkedAccount(int index, AccountProfile profile)
{
    /// <summary>Shared keys remembered of one account; further ones count for their groups only.</summary>
    public const int SharedKeysMax = 64;

    public int Index { get; } = index;

    public AccountProfile Profile { get; set; } = profile;

    /// <summary>Keys shared with other accounts, oldest first; null while there are none.</summary>
    public List<LinkEntry>? SharedKeys { get; private set; }

    /// <summary>Reasoning references presented that were issued to an unrelated account.</summary>
    public int ForeignReasoningRefs { get; set; }

    /// <summary>Strongest group evidence it is judged by, nats, and what it rests on.</summary>
    public GroupStanding Group { get; set; }

    /// <summary>Number of the campaign it is part of, or -1.</summary>
    public int Campaign { get; set; } = -1;

    /// <summary>Level that group and own exchanges together support; it never goes down.</summary>
    public VerdictLevel Level { get; set; }

    /// <summary>The campaign that its latest verdict names.</summary>
    public string? CampaignToldId { get; set; }

    /// <summary>Event time when it first became flagged, or -1.</summary>
    public long FlaggedAtMs { get; set; } = -1;

    /// <summary>Its exchanges by then, or -1.</summary>
    public long ExchangesAtFlag { get; set; } = -1;

    /// <summary>Whether it waits for the next judging of groups.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether it changed since the last snapshot.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>Whether anything but its own exchanges speaks against it.</summary>
    public bool HasStanding => Group.Evidence > 0 || Campaign >= 0 || ForeignReasoningRefs > 0;

    /// <summary>Remembers that a key is shared; past the maximum the oldest content key makes room.</summary>
    public void Remember(LinkEntry key)
    {
        SharedKeys ??= new List<LinkEntry>(4);
        if (SharedKeys.Count == SharedKeysMax)
        {
            var oldest = SharedKeys.FindIndex(static k => k.Kind == LinkKind.Content);
            if (oldest < 0)
            {
                return;
            }

            SharedKeys.RemoveAt(oldest);
        }

        SharedKeys.Add(key);
    }
}
