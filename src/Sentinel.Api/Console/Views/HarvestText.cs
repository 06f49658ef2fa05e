using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Console.Views;

/// <summary>Names of the contract as an analyst would say them.</summary>
internal static class HarvestText
{
    /// <summary>What is taken.</summary>
    public static string Of(AbuseType type) => type switch
    {
        AbuseType.ReasoningExtraction => "written-out reasoning",
        AbuseType.GradingHarvest => "grades and preferences for training",
        AbuseType.SyntheticData => "training data written by the model",
        AbuseType.CapabilityHarvest => "answers over one capability in bulk",
        AbuseType.DistributionHarvest => "token probabilities and repeated samples",
        AbuseType.InstructionExtraction => "system prompts and tool definitions",
        AbuseType.RelayHarvest => "answers to requests of its own users",
        AbuseType.TechniqueProbing => "extraction techniques that get through",
        _ => "access under fraudulent identities",
    };

    /// <summary>What is taken, the likeliest two.</summary>
    public static string Of(ImmutableArray<AbuseType> types) =>
        types.IsEmpty ? "nothing that could be named" : string.Join(" and ", types.Take(2).Select(Of));

    /// <summary>What ties accounts.</summary>
    public static string Of(LinkKind kind) => kind switch
    {
        LinkKind.Payment => "a payment instrument",
        LinkKind.Phone => "a phone",
        LinkKind.EmailPattern => "a pattern of mail addresses",
        LinkKind.Device => "a device",
        LinkKind.Tls => "a client fingerprint",
        LinkKind.Address => "an address",
        LinkKind.Template => "one frame",
        LinkKind.Content => "the same prompts",
        LinkKind.Timing => "one steady pace",
        LinkKind.ReasoningReference => "each other's reasoning",
        LinkKind.Recirculation => "each other's outputs",
        _ => "the habits of a banned campaign",
    };

    /// <summary>Whether a tie was observed, and not concluded from how things look.</summary>
    public static bool IsFact(LinkKind kind) =>
        kind is <= LinkKind.Address or LinkKind.ReasoningReference or LinkKind.Recirculation;
}
