using Sentinel.Detection.Accounts;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Policy;

/// <summary>All that a verdict on an account rests on.</summary>
/// <param name="Profile">What its own exchanges say.</param>
/// <param name="Group">The group that speaks most against it; none for an account lane.</param>
/// <param name="ForeignReasoningRefs">Reasoning references sent back that were issued to unrelated accounts.</param>
/// <param name="Outputs">Outputs that went between it and strangers.</param>
/// <param name="PredecessorId">The silent campaign whose place it takes, or null.</param>
/// <param name="CampaignId">The campaign it is part of, or null.</param>
/// <param name="Level">The level reached.</param>
/// <param name="FlaggedAtMs">Event time when it first became flagged, or -1.</param>
/// <param name="ExchangesAtFlag">Its exchanges by then, or -1.</param>
internal readonly record struct AssessedAccount(
    AccountProfile Profile,
    GroupStanding Group,
    int ForeignReasoningRefs,
    OutputFlow Outputs,
    string? PredecessorId,
    string? CampaignId,
    VerdictLevel Level,
    long FlaggedAtMs,
    long ExchangesAtFlag)
{
    /// <summary>Evidence of its own content, nats: the highest ever reached, less what is explained.</summary>
    public double OwnContent { get; init; } = Profile.ContentPeak;

    /// <summary>Evidence that its content stands out from that of all accounts, nats, less what is explained.</summary>
    public double OwnOutlier { get; init; } = Profile.OutlierNats;

    /// <summary>How many of those who regularly send its frames are flagged, less what is explained.</summary>
    public Company Company { get; init; }

    /// <summary>Evidence of how it moved to a new model, nats, less what is explained.</summary>
    public double OwnPivot { get; init; } = Profile.Pivot.Nats;

    /// <summary>Evidence of its habits, nats, less what is explained.</summary>
    public double OwnHabits { get; init; } = Profile.HabitNats;

    /// <summary>Whether what is refused to it speaks against it: not where its workload explains that.</summary>
    public bool CountsRefusals { get; init; } = true;

    /// <summary>The verified workload in force, or null.</summary>
    public Workload? Workload { get; init; }
}

/// <summary>Those with whom an account regularly sends one frame, where that speaks most against it.</summary>
/// <param name="Frame">Key of the frame, or 0.</param>
/// <param name="Nats">Evidence, nats.</param>
/// <param name="Flagged">Of them flagged for something else.</param>
/// <param name="All">How many there are.</param>
internal readonly record struct Company(ulong Frame, double Nats, int Flagged, int All);

/// <summary>Outputs that went between an account and strangers.</summary>
/// <param name="Foreign">Its exchanges whose material was given to a stranger before.</param>
/// <param name="Issuers">Strangers whose outputs it put in.</param>
/// <param name="Takers">Strangers who put in its own.</param>
internal readonly record struct OutputFlow(int Foreign, int Issuers, int Takers);

/// <summary>The group that speaks most against an account.</summary>
/// <param name="Evidence">Of the group, nats; 0 when there is none.</param>
/// <param name="Kind">What its members share.</param>
/// <param name="AccountCount">How many share it.</param>
/// <param name="IsMember">Whether the account behaves as the group does; otherwise it only shares the key.</param>
/// <param name="IdentityEvidence">Part that rests on who they say they are, nats.</param>
/// <param name="LikenessEvidence">Part that rests on how alike their content is, nats.</param>
/// <param name="ProbingEvidence">Part that rests on how they search for techniques, nats.</param>
internal readonly record struct GroupStanding(
    double Evidence,
    LinkKind Kind,
    int AccountCount,
    bool IsMember,
    double IdentityEvidence,
    double LikenessEvidence,
    double ProbingEvidence)
{
    /// <summary>Part that rests on how they moved to a new model together, nats.</summary>
    public double PivotEvidence { get; init; }
}
