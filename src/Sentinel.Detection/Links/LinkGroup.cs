using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// A key that at least two accounts share, as its link lane knows it. Members are listed up to
/// <see cref="LinkEntry.AccountsMax"/> and counted beyond. Owned by the lane's thread.
/// </summary>
internal sealed class LinkGroup(LinkKind kind, ulong key) : IChangeTracked
{
    public LinkKind Kind { get; } = kind;

    public ulong Key { get; } = key;

    /// <summary>Keys of the accounts listed, in the order in which they came.</summary>
    public List<ulong> Accounts { get; } = new(2);

    public long LastSeenMs { get; set; }

    /// <summary>What changed in this tick; its members are null until one came.</summary>
    public EdgeChange Change { get; set; }

    /// <summary>Whether anything changed in this tick.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Whether it waits for the next snapshot.</summary>
    public bool IsUnsaved { get; set; }
}
