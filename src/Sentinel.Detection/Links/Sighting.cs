namespace Sentinel.Detection.Links;

/// <summary>How an account met a key.</summary>
internal enum SightingRole : byte
{
    /// <summary>It used the key.</summary>
    Used,

    /// <summary>It was handed this reasoning reference.</summary>
    Issued,

    /// <summary>It sent this reasoning reference back.</summary>
    Presented,
}

/// <summary>An account met a linkable key for the first time, as far as its lane remembers.</summary>
/// <param name="Role">How.</param>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key with its kind hashed in.</param>
/// <param name="Account">Key of the account.</param>
/// <param name="Partition">Partition of the exchange.</param>
/// <param name="Offset">Offset of the exchange.</param>
/// <param name="AtMs">Event time of the exchange.</param>
internal readonly record struct Sighting(
    SightingRole Role, LinkKind Kind, ulong Key, ulong Account, int Partition, long Offset, long AtMs);

/// <summary>How often one lane's accounts sent a frame, and what these exchanges said.</summary>
/// <param name="Key">The frame's key with its kind hashed in.</param>
/// <param name="Count">Exchanges.</param>
/// <param name="EvidenceSum">Their content evidence, nats.</param>
/// <param name="IsPositive">Whether any of them spoke against benign traffic.</param>
/// <param name="LastSeenMs">Event time of the latest.</param>
internal readonly record struct FrameUse(ulong Key, int Count, double EvidenceSum, bool IsPositive, long LastSeenMs);

/// <summary>A masked excerpt of an account's prompt and the frames that it shows, one for each account and frame.</summary>
/// <param name="Account">Key of the account.</param>
/// <param name="SystemKey">Key of the system prompt's frame, or 0.</param>
/// <param name="HeadKey">Key of the frame by its head, or 0.</param>
/// <param name="TailKey">Key of the frame by its tail, or 0.</param>
/// <param name="Text">The excerpt.</param>
internal readonly record struct ExcerptNote(ulong Account, ulong SystemKey, ulong HeadKey, ulong TailKey, string Text);

/// <summary>An account that now shares a key with another one.</summary>
/// <param name="Account">Key of the account.</param>
/// <param name="Partition">Partition of the exchange that made the key shared, or that showed it.</param>
/// <param name="Offset">Offset of that exchange.</param>
/// <param name="AtMs">Event time of that exchange.</param>
internal readonly record struct EdgeMember(ulong Account, int Partition, long Offset, long AtMs);

/// <summary>What changed about a shared key.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key with its kind hashed in.</param>
/// <param name="AccountsMore">Accounts that came to it, also those not listed.</param>
/// <param name="ExchangesMore">Exchanges that showed it.</param>
/// <param name="EvidenceMore">Content evidence of these exchanges, nats.</param>
/// <param name="IsPositive">Whether any of them spoke against benign traffic.</param>
/// <param name="LastSeenMs">Event time of the latest.</param>
/// <param name="Members">Those that came and are listed, in their order; null for none.</param>
internal readonly record struct EdgeChange(
    LinkKind Kind,
    ulong Key,
    int AccountsMore,
    long ExchangesMore,
    double EvidenceMore,
    bool IsPositive,
    long LastSeenMs,
    List<EdgeMember>? Members);
