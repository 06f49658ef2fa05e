using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Cases;

/// <summary>What a case is about.</summary>
public enum CaseKind : byte
{
    /// <summary>A group of accounts that the machine judged as one.</summary>
    Campaign,

    /// <summary>A single account.</summary>
    Account,
}

/// <summary>Where a case stands.</summary>
public enum CaseStage : byte
{
    /// <summary>It waits for a reviewer.</summary>
    Open,

    /// <summary>A reviewer holds it; the claim has not expired.</summary>
    Claimed,

    /// <summary>A ruling stands.</summary>
    Decided,

    /// <summary>A ruling stands and somebody appealed against it.</summary>
    Appealed,

    /// <summary>It was decided and waits again.</summary>
    Reopened,
}

/// <summary>What a reviewer can rule.</summary>
public enum RulingKind : byte
{
    /// <summary>Requests are not answered.</summary>
    Block,

    /// <summary>The account has to prove itself.</summary>
    Challenge,

    /// <summary>Requests are slowed down.</summary>
    Throttle,

    /// <summary>Answers come without reasoning.</summary>
    StripReasoning,

    /// <summary>Requests go on until a time, whatever the machine concludes.</summary>
    AllowUntil,

    /// <summary>The machine was wrong: requests go on for a while, and it is told.</summary>
    Dismiss,

    /// <summary>Nothing is done but to look closer.</summary>
    Watch,

    /// <summary>Somebody else has to decide.</summary>
    Escalate,
}

/// <summary>Names of what has to do with cases, as the store and the API write them.</summary>
public static class CaseWords
{
    /// <summary>Names in the order of <see cref="CaseKind"/>.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["campaign", "account"];

    /// <summary>Names in the order of <see cref="CaseStage"/>.</summary>
    public static ImmutableArray<string> Stages { get; } = ["open", "claimed", "decided", "appealed", "reopened"];

    /// <summary>Names in the order of <see cref="RulingKind"/>.</summary>
    public static ImmutableArray<string> Rulings { get; } =
        ["block", "challenge", "throttle", "strip_reasoning", "allow_until", "dismiss", "watch", "escalate"];

    /// <summary>Name of a kind.</summary>
    public static string Of(CaseKind kind) => Kinds[(int)kind];

    /// <summary>Name of a stage.</summary>
    public static string Of(CaseStage stage) => Stages[(int)stage];

    /// <summary>Name of a ruling.</summary>
    public static string Of(RulingKind ruling) => Rulings[(int)ruling];

    /// <summary>What gateways are answered under a ruling; null where it changes nothing for them.</summary>
    public static DecisionAction? ActionOf(RulingKind ruling) => ruling switch
    {
        RulingKind.Block => DecisionAction.Block,
        RulingKind.Challenge => DecisionAction.Challenge,
        RulingKind.Throttle => DecisionAction.Throttle,
        RulingKind.StripReasoning => DecisionAction.StripReasoning,
        RulingKind.AllowUntil or RulingKind.Dismiss => DecisionAction.Allow,
        RulingKind.Watch => DecisionAction.Observe,
        _ => null,
    };

    /// <summary>Whether a ruling takes something away from those whom it is on, so that they may appeal.</summary>
    public static bool IsRestrictive(RulingKind ruling) => ruling <= RulingKind.StripReasoning;
}
