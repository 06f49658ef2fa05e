using System.Globalization;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports;

/// <summary>The words of reports for people. English; numbers and times without a culture.</summary>
internal static class ReportWords
{
    private const double ModerateNats = 2.302585092994046; // ln 10
    private const double StrongNats = 2 * ModerateNats;
    private const double VeryStrongNats = 4 * ModerateNats;

    public static string Of(AbuseType type) => type switch
    {
        AbuseType.ReasoningExtraction => "reasoning extraction",
        AbuseType.GradingHarvest => "grading harvest",
        AbuseType.SyntheticData => "training data synthesis",
        AbuseType.CapabilityHarvest => "capability harvest",
        AbuseType.DistributionHarvest => "token distribution harvest",
        AbuseType.InstructionExtraction => "instruction extraction",
        AbuseType.RelayHarvest => "relay harvest",
        AbuseType.TechniqueProbing => "technique probing",
        AbuseType.AccountFraud => "account fraud",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such abuse type."),
    };

    /// <summary>What was collected, as a sentence's object.</summary>
    public static string Harvest(AbuseType type) => type switch
    {
        AbuseType.ReasoningExtraction => "reasoning, written out to be collected",
        AbuseType.GradingHarvest => "judgements and rankings, as training by feedback uses them",
        AbuseType.SyntheticData => "tasks, dialogues and rewrites that models are trained on",
        AbuseType.CapabilityHarvest => "answers over one valuable capability",
        AbuseType.DistributionHarvest => "token probabilities, or many samples of one prompt",
        AbuseType.InstructionExtraction => "system prompts and tool definitions",
        AbuseType.RelayHarvest => "answers to other people's requests, kept on the way",
        AbuseType.TechniqueProbing => "which extraction techniques get through",
        AbuseType.AccountFraud => "access, by identities that are not real",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such abuse type."),
    };

    /// <summary>A kind of key, for people.</summary>
    public static string Of(LinkKind kind) => kind switch
    {
        LinkKind.Payment => "payment instrument",
        LinkKind.Phone => "phone",
        LinkKind.EmailPattern => "e-mail pattern",
        LinkKind.Device => "device",
        LinkKind.Tls => "TLS client (JA4)",
        LinkKind.Address => "network address",
        LinkKind.Template => "instruction frame",
        LinkKind.Content => "same prompts",
        LinkKind.Timing => "steady pace",
        LinkKind.ReasoningReference => "reasoning reference",
        LinkKind.Recirculation => "outputs come back",
        LinkKind.Successor => "successor of a banned campaign",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such link kind."),
    };

    public static string Of(ConfidenceWord word) => word switch
    {
        ConfidenceWord.Weak => "weak",
        ConfidenceWord.Moderate => "moderate",
        ConfidenceWord.Strong => "strong",
        ConfidenceWord.VeryStrong => "very strong",
        _ => throw new ArgumentOutOfRangeException(nameof(word), word, "No such word."),
    };

    public static string Of(TlpLabel label) => label switch
    {
        TlpLabel.Red => "TLP:RED",
        TlpLabel.AmberStrict => "TLP:AMBER+STRICT",
        TlpLabel.Amber => "TLP:AMBER",
        TlpLabel.Green => "TLP:GREEN",
        TlpLabel.Clear => "TLP:CLEAR",
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "No such label."),
    };

    public static ConfidenceWord ConfidenceOf(double nats) => nats switch
    {
        >= VeryStrongNats => ConfidenceWord.VeryStrong,
        >= StrongNats => ConfidenceWord.Strong,
        >= ModerateNats => ConfidenceWord.Moderate,
        _ => ConfidenceWord.Weak,
    };

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A large number in a few digits: 28.8 M.</summary>
    public static string Short(long value) => value switch
    {
        >= 10_000_000_000 => Scaled(value / 1e9, " bn"),
        >= 1_000_000 => Scaled(value / 1e6, " M"),
        >= 100_000 => Scaled(value / 1e3, " k"),
        _ => Number(value),
    };

    /// <summary>A share of a hundred. What is not quite all is never said to be all.</summary>
    public static string Percent(double share) => share is >= 99.95 and < 100
        ? "> 99.9 %"
        : share.ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A risk, 0 to 1; the same holds of one.</summary>
    public static string Risk(double risk) =>
        risk is >= 0.9995 and < 1 ? "> 0.999" : risk.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Clauses as sentences, one after another.</summary>
    public static string Sentences(IEnumerable<string> clauses) => string.Join(' ', clauses.Select(Sentence));

    /// <summary>A clause as a sentence: begins with a capital, ends with a stop.</summary>
    public static string Sentence(string clause)
    {
        ArgumentNullException.ThrowIfNull(clause);
        return clause.Length == 0
            ? clause
            : char.ToUpperInvariant(clause[0]) + clause[1..] + (clause[^1] is '.' or '!' or '?' or '…' ? "" : ".");
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    public static string Day(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>With milliseconds, as STIX and OCSF texts want it.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long, in the largest unit that says it.</summary>
    public static string Span(TimeSpan span) => span.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, span.TotalHours):0} hours");

    private static string Scaled(double value, string unit) =>
        value.ToString(value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + unit;
}
