using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Policy;

/// <summary>The parts of sentences that an analyst would repeat to a customer.</summary>
internal static class ReasonText
{
    /// <summary>What exchanges of this kind do: continues "12 of its 40 exchanges …".</summary>
    public static string Of(AbuseType kind) => kind switch
    {
        AbuseType.ReasoningExtraction => "make the model write its reasoning out, in a form made for collecting it",
        AbuseType.GradingHarvest => "have the model judge or rank other answers, as training by feedback needs it",
        AbuseType.SyntheticData => "have the model write tasks, dialogues or rewrites of the kind that models train on",
        AbuseType.CapabilityHarvest => "collect answers over one capability, task after task",
        AbuseType.DistributionHarvest => "collect token probabilities or many samples of one prompt",
        AbuseType.InstructionExtraction => "try to read out system prompts or tool definitions",
        AbuseType.TechniqueProbing => "try out ways around the model's limits",
        AbuseType.RelayHarvest => "pass other people's requests through",
        AbuseType.AccountFraud => "come from a pool of made-up identities",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such abuse type."),
    };

    /// <summary>What sharing a key means: continues with "118 other accounts".</summary>
    public static string Sharing(LinkKind kind) => kind switch
    {
        LinkKind.Payment => "the same payment instrument as",
        LinkKind.Phone => "the same phone as",
        LinkKind.EmailPattern => "the same e-mail address or pattern as",
        LinkKind.Device => "the same device as",
        LinkKind.Tls => "the same rare TLS fingerprint as",
        LinkKind.Address => "the same network address as",
        LinkKind.Template => "the same instruction frame as",
        LinkKind.Content => "the same prompts as",
        LinkKind.Timing => "the same steady pace as",
        LinkKind.ReasoningReference => "reasoning blocks issued to",
        LinkKind.Recirculation => "outputs that were given to",
        LinkKind.Successor => "the habits of a banned campaign, with",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such link kind."),
    };
}
