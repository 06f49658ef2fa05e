// The one model of a report: every format is a pure writer over it, and what a recipient may not see is taken out of it
// before a writer sees it (SharingProfile). So no format can tell more than another.
using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports;

/// <summary>An incident report: one campaign, or those that a period or a query gives.</summary>
/// <param name="Id">Names the report; the same question gives the same id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Question">What was asked: a campaign, a period, a query.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="Campaigns">What was found, the riskiest first.</param>
/// <param name="Handling">For whom, and how it may be passed on.</param>
/// <param name="ProgramVersion">Version of the program.</param>
/// <param name="EvidenceHash">SHA-256 of the facts that it was made of, before anything was taken out.</param>
public sealed record IncidentReport(
    string Id,
    string Title,
    string Question,
    DateTimeOffset WrittenAt,
    ImmutableArray<ReportedCampaign> Campaigns,
    ReportHandling Handling,
    string ProgramVersion,
    string EvidenceHash);

/// <summary>For whom a report is and how it may be passed on.</summary>
/// <param name="Publisher">Who reports.</param>
/// <param name="Recipient">For whom; empty for the provider itself.</param>
/// <param name="Profile">What was taken out, by name.</param>
/// <param name="Tlp">Traffic Light Protocol 2.0.</param>
/// <param name="ExpiresAt">When it is to be used no longer.</param>
/// <param name="Changes">What was hashed, shortened, coarsened or left out, in sentences; empty when nothing was.</param>
public sealed record ReportHandling(
    string Publisher, string Recipient, string Profile, TlpLabel Tlp, DateTimeOffset ExpiresAt,
    ImmutableArray<string> Changes);

/// <summary>Labels of the Traffic Light Protocol 2.0.</summary>
public enum TlpLabel : byte
{
    /// <summary>TLP:RED.</summary>
    Red,

    /// <summary>TLP:AMBER+STRICT.</summary>
    AmberStrict,

    /// <summary>TLP:AMBER.</summary>
    Amber,

    /// <summary>TLP:GREEN.</summary>
    Green,

    /// <summary>TLP:CLEAR.</summary>
    Clear,
}

/// <summary>One campaign in a report.</summary>
public sealed record ReportedCampaign
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called in texts.</summary>
    public required string Name { get; init; }

    /// <summary>How sure the judge is, 0..1.</summary>
    public required double Risk { get; init; }

    /// <summary>Most likely first.</summary>
    public required ImmutableArray<AbuseType> AbuseTypes { get; init; }

    /// <summary>When it was first reported.</summary>
    public required DateTimeOffset FirstDetectedAt { get; init; }

    /// <summary>Exchanges of its accounts by then.</summary>
    public required long ExchangesAtDetection { get; init; }

    /// <summary>The state that is reported.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Counts up with every change.</summary>
    public required int Version { get; init; }

    /// <summary>Version of the policy.</summary>
    public required int PolicyVersion { get; init; }

    /// <summary>Classifier versions.</summary>
    public required ImmutableArray<string> Models { get; init; }

    /// <summary>The instruction frame that its accounts share, or null where there is none or it was left out.</summary>
    public required string? Frame { get; init; }

    /// <summary>How much it did.</summary>
    public required ReportedScale Scale { get; init; }

    /// <summary>By time, oldest first.</summary>
    public required ImmutableArray<ReportedStep> Timeline { get; init; }

    /// <summary>What was harvested, most first.</summary>
    public required ImmutableArray<ReportedHarvest> Harvested { get; init; }

    /// <summary>What it can be known by, the most shared first.</summary>
    public required ImmutableArray<ReportedKey> Keys { get; init; }

    /// <summary>Its accounts, the riskiest first; may be fewer than <see cref="ReportedScale.Accounts"/>.</summary>
    public required ImmutableArray<ReportedAccount> Accounts { get; init; }

    /// <summary>What ties its accounts, strongest first.</summary>
    public required ImmutableArray<ReportedLink> Links { get; init; }

    /// <summary>What was counted.</summary>
    public required ImmutableArray<ReportedFact> Facts { get; init; }

    /// <summary>What the judge concluded from it.</summary>
    public required ImmutableArray<ReportedInference> Inferences { get; init; }

    /// <summary>What gateways were answered.</summary>
    public required ImmutableArray<ReportedAnswer> Answers { get; init; }

    /// <summary>What others told of its keys; never passed on.</summary>
    public ImmutableArray<ReportedTold> Told { get; init; } = [];
}

/// <summary>That somebody else told of a campaign's keys.</summary>
/// <param name="Source">Who.</param>
/// <param name="Keys">How many of its keys.</param>
/// <param name="Weight">What the weightiest is worth, 0..1.</param>
/// <param name="ValidUntil">Until when the last of it holds.</param>
public sealed record ReportedTold(string Source, int Keys, double Weight, DateTimeOffset ValidUntil);

/// <summary>How much a campaign did.</summary>
/// <param name="Accounts">All its accounts.</param>
/// <param name="Exchanges">Their exchanges.</param>
/// <param name="FirstAt">The first.</param>
/// <param name="LastAt">The last.</param>
/// <param name="InputTokens">Tokens in.</param>
/// <param name="OutputTokens">Tokens out.</param>
/// <param name="Models">Different models asked.</param>
/// <param name="Refused">Exchanges that were refused.</param>
public sealed record ReportedScale(
    long Accounts, long Exchanges, DateTimeOffset FirstAt, DateTimeOffset LastAt, long InputTokens, long OutputTokens,
    long Models, long Refused);

/// <summary>A step of the timeline.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Exchanges">Exchanges in it.</param>
/// <param name="Accounts">Accounts active in it.</param>
/// <param name="OutputTokens">Tokens given in it.</param>
public sealed record ReportedStep(DateTimeOffset At, long Exchanges, long Accounts, long OutputTokens);

/// <summary>What was harvested of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Exchanges">Exchanges.</param>
/// <param name="OutputTokens">Tokens given with them.</param>
public sealed record ReportedHarvest(AbuseType Kind, long Exchanges, long OutputTokens);

/// <summary>A key that several accounts use.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Form">How <paramref name="Value"/> was made.</param>
/// <param name="Value">The key in hexadecimal digits.</param>
/// <param name="Members">Accounts of the campaign that use it.</param>
/// <param name="AllAccounts">Accounts that use it at all.</param>
/// <param name="FirstAt">First use.</param>
/// <param name="LastAt">Latest first use by an account.</param>
/// <param name="Accounts">Some of the accounts that use it.</param>
public sealed record ReportedKey(
    LinkKind Kind, KeyForm Form, string Value, long Members, long AllAccounts, DateTimeOffset FirstAt,
    DateTimeOffset LastAt, ImmutableArray<string> Accounts);

/// <summary>How a key in a report was made.</summary>
public enum KeyForm : byte
{
    /// <summary>The 64-bit key of the store: whoever knows the value can compute it.</summary>
    StoreKey,

    /// <summary>HMAC-SHA-256 of the 64-bit key under the recipient's key.</summary>
    RecipientHmac,
}

/// <summary>An account of a campaign.</summary>
/// <param name="Id">The account, or what stands for it.</param>
/// <param name="Level">Level of its verdict.</param>
/// <param name="Risk">0..1.</param>
/// <param name="Action">What gateways are answered.</param>
/// <param name="FirstFlaggedAt">When it was first flagged, or null.</param>
/// <param name="Exchanges">Its exchanges.</param>
/// <param name="FirstAt">The first.</param>
/// <param name="LastAt">The last.</param>
public sealed record ReportedAccount(
    string Id, VerdictLevel Level, double Risk, DecisionAction Action, DateTimeOffset? FirstFlaggedAt, long Exchanges,
    DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>One kind of link.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Accounts">Accounts that it ties.</param>
/// <param name="Strength">How surprising that is, in nats.</param>
public sealed record ReportedLink(LinkKind Kind, long Accounts, double Strength);

/// <summary>Something that was counted; nobody has to believe a model for it.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Text">A sentence.</param>
public sealed record ReportedFact(string Code, string Text);

/// <summary>Something that was concluded, and how strongly.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Nats">Evidence: the natural logarithm of an e-value against harmless traffic.</param>
/// <param name="Confidence">The same as a word.</param>
public sealed record ReportedInference(string Code, string Text, double Nats, ConfidenceWord Confidence);

/// <summary>How strong evidence is, in words.</summary>
public enum ConfidenceWord : byte
{
    /// <summary>Odds below 10 to 1.</summary>
    Weak,

    /// <summary>From 10 to 1.</summary>
    Moderate,

    /// <summary>From 100 to 1.</summary>
    Strong,

    /// <summary>From 10,000 to 1.</summary>
    VeryStrong,
}

/// <summary>What gateways were answered.</summary>
/// <param name="Action">The answer.</param>
/// <param name="Answers">How often, estimated from the log.</param>
/// <param name="Accounts">Accounts that got it.</param>
/// <param name="FirstAt">First time.</param>
/// <param name="LastAt">Last time.</param>
public sealed record ReportedAnswer(
    DecisionAction Action, long Answers, long Accounts, DateTimeOffset FirstAt, DateTimeOffset LastAt);
