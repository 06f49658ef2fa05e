using System.Collections.Immutable;

namespace Sentinel.Detection.Verdicts;

/// <summary>How sure the machine is that an account abuses the service. Flagged means Suspect or Abusive.</summary>
public enum VerdictLevel : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Ranks only; no accusation.</summary>
    Watch,

    /// <summary>Flagged.</summary>
    Suspect,

    /// <summary>Flagged, and sure.</summary>
    Abusive,
}

/// <summary>What the decision endpoint answers for an account.</summary>
public enum DecisionAction : byte
{
    /// <summary>Go on.</summary>
    Allow,

    /// <summary>Go on, and look closer.</summary>
    Observe,

    /// <summary>Ask the account to prove itself.</summary>
    Challenge,

    /// <summary>Slow it down.</summary>
    Throttle,

    /// <summary>Answer without reasoning.</summary>
    StripReasoning,

    /// <summary>Do not answer.</summary>
    Block,
}

/// <summary>What an account or campaign does, in the words of the outside contract.</summary>
public enum AbuseType : byte
{
    /// <summary>Collects reasoning.</summary>
    ReasoningExtraction,

    /// <summary>Uses the model as judge for training.</summary>
    GradingHarvest,

    /// <summary>Has it write training data.</summary>
    SyntheticData,

    /// <summary>Collects answers over one capability.</summary>
    CapabilityHarvest,

    /// <summary>Collects token probabilities or many samples.</summary>
    DistributionHarvest,

    /// <summary>Extracts system prompts or tool definitions.</summary>
    InstructionExtraction,

    /// <summary>Passes its own users' requests through and keeps the answers.</summary>
    RelayHarvest,

    /// <summary>Searches for techniques that get through.</summary>
    TechniqueProbing,

    /// <summary>Is part of a pool of fraudulent identities.</summary>
    AccountFraud,
}

/// <summary>
/// Which judge concluded: from an account's own exchanges, or from the campaign that it is part of. They run apart, so
/// an account has a newest verdict of each, and the stronger one holds.
/// </summary>
public enum VerdictOrigin : byte
{
    /// <summary>The account lane.</summary>
    Account,

    /// <summary>The campaigns lane.</summary>
    Campaigns,
}

/// <summary>What a piece of a verdict rests on: a stable code, a sentence for people, and its weight.</summary>
/// <param name="Code">Stable identifier, such as <c>content.reasoning_extraction</c>.</param>
/// <param name="Summary">A sentence that an analyst would repeat to a customer. No prompt text.</param>
/// <param name="Weight">Evidence in nats (natural logarithm of an e-value).</param>
public sealed record Reason(string Code, string Summary, double Weight);

/// <summary>
/// Names a verdict by the exchange that caused it: judging that exchange again under the same policy gives the same
/// id, so storing it again overwrites.
/// </summary>
/// <param name="Partition">Partition of the log.</param>
/// <param name="Offset">Offset of the exchange in it.</param>
/// <param name="PolicyVersion">Version of the policy.</param>
public readonly record struct VerdictId(int Partition, long Offset, int PolicyVersion);

/// <summary>What the machine concluded of an account.</summary>
/// <param name="Id">The exchange and policy it comes from.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Level">The level.</param>
/// <param name="Risk">0..1; orders all accounts.</param>
/// <param name="Action">What the decision endpoint answers.</param>
/// <param name="AbuseTypes">Most likely first; empty unless flagged.</param>
/// <param name="CampaignId">The campaign it is part of, or null.</param>
/// <param name="FirstFlaggedAt">Event time when it first became flagged, or null.</param>
/// <param name="ExchangesSeen">Exchanges of the account until now.</param>
/// <param name="ExchangesAtFlag">Exchanges seen when it first became flagged, or null.</param>
/// <param name="Reasons">Strongest first.</param>
/// <param name="ModelVersion">Name and version of the classifier, such as <c>content-tier1/1</c>.</param>
/// <param name="FeatureLayout">Layout that the classifier read.</param>
/// <param name="At">Event time of the verdict.</param>
public sealed record Verdict(
    VerdictId Id,
    string AccountId,
    VerdictLevel Level,
    double Risk,
    DecisionAction Action,
    ImmutableArray<AbuseType> AbuseTypes,
    string? CampaignId,
    DateTimeOffset? FirstFlaggedAt,
    long ExchangesSeen,
    long? ExchangesAtFlag,
    ImmutableArray<Reason> Reasons,
    string ModelVersion,
    int FeatureLayout,
    DateTimeOffset At)
{
    /// <summary>Which judge concluded; part of the verdict's identity, beside <see cref="Id"/>.</summary>
    public VerdictOrigin Origin { get; init; } = VerdictOrigin.Account;

    /// <summary>Whether the account is flagged.</summary>
    public bool IsFlagged => Level >= VerdictLevel.Suspect;

    /// <summary>
    /// Whether this verdict takes the place of another one on the same account: of one origin the newer does by event
    /// time, however late an older one is written; else the stronger, and of equals the one that knows the group.
    /// </summary>
    public bool Supersedes(Verdict other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Origin == other.Origin
            ? At >= other.At
            : Level > other.Level || (Level == other.Level && Origin == VerdictOrigin.Campaigns);
    }
}
