using System.Collections.Immutable;

namespace Sentinel.Detection.Verdicts;

/// <summary>Names of levels, actions and abuse types as the outside contract, the store and the API write them.</summary>
public static class WireNames
{
    /// <summary>Names in the order of <see cref="VerdictLevel"/>.</summary>
    public static ImmutableArray<string> Levels { get; } = ["none", "watch", "suspect", "abusive"];

    /// <summary>Names in the order of <see cref="DecisionAction"/>.</summary>
    public static ImmutableArray<string> Actions { get; } =
        ["allow", "observe", "challenge", "throttle", "strip_reasoning", "block"];

    /// <summary>Names in the order of <see cref="AbuseType"/>.</summary>
    public static ImmutableArray<string> AbuseTypes { get; } =
    [
        "reasoning_extraction", "grading_harvest", "synthetic_data", "capability_harvest", "distribution_harvest",
        "instruction_extraction", "relay_harvest", "technique_probing", "account_fraud",
    ];

    /// <summary>Names in the order of <see cref="VerdictOrigin"/>.</summary>
    public static ImmutableArray<string> Origins { get; } = ["account", "campaigns"];

    /// <summary>Name of a level.</summary>
    public static string Of(VerdictLevel level) => Levels[(int)level];

    /// <summary>Name of an action.</summary>
    public static string Of(DecisionAction action) => Actions[(int)action];

    /// <summary>Name of an origin.</summary>
    public static string Of(VerdictOrigin origin) => Origins[(int)origin];

    /// <summary>Name of an abuse type.</summary>
    public static string Of(AbuseType type) => AbuseTypes[(int)type];
}
