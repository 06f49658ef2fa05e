using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Queries;

/// <summary>A key that ties members of a campaign.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="Users">Members that use it, at least two.</param>
public sealed record CampaignTie(LinkKind Kind, ulong Key, ImmutableArray<string> Users);

/// <summary>Exchanges of a campaign's members in one step of time.</summary>
/// <param name="At">Beginning of the step.</param>
/// <param name="Tie">The key that ties those who made them; 0 for none of that kind.</param>
/// <param name="Exchanges">How many.</param>
public readonly record struct ActivityStep(DateTimeOffset At, ulong Tie, long Exchanges);

/// <summary>What a campaign's members did, step by step.</summary>
/// <param name="Step">Length of a step.</param>
/// <param name="Steps">Oldest first; steps without exchanges are left out.</param>
public sealed record CampaignActivity(TimeSpan Step, ImmutableArray<ActivityStep> Steps);

/// <summary>A masked excerpt of what a member asked.</summary>
/// <param name="AccountId">Who asked.</param>
/// <param name="At">When.</param>
/// <param name="Harvest">Its harvest score, 0..1.</param>
/// <param name="Text">The excerpt, masked. Written by a customer: never anything but text.</param>
public sealed record MaskedExample(string AccountId, DateTimeOffset At, double Harvest, string Text);

/// <summary>What one judge concluded of an account at one time.</summary>
/// <param name="At">Event time.</param>
/// <param name="Origin">Which judge.</param>
/// <param name="Level">How bad.</param>
/// <param name="Risk">0..1.</param>
/// <param name="Action">What followed.</param>
/// <param name="Nats">Sum of the evidence that the reasons give.</param>
/// <param name="PolicyVersion">Under which policy.</param>
public readonly record struct Conclusion(
    DateTimeOffset At, VerdictOrigin Origin, VerdictLevel Level, double Risk, DecisionAction Action, double Nats,
    int PolicyVersion);

/// <summary>An exchange as it is kept.</summary>
/// <param name="At">When.</param>
/// <param name="Harvest">Its harvest score, 0..1.</param>
/// <param name="InputTokens">Tokens sent; negative where the event did not say.</param>
/// <param name="OutputTokens">Tokens got; negative where the event did not say.</param>
/// <param name="Turn">Turn of its conversation; negative where the event did not say.</param>
/// <param name="IsRefused">Whether it was declined.</param>
/// <param name="Excerpt">Masked, empty unless it looked like harvesting. Written by a customer.</param>
public sealed record KeptExchange(
    DateTimeOffset At, double Harvest, int InputTokens, int OutputTokens, int Turn, bool IsRefused, string Excerpt);

/// <summary>Exchanges of an account in one hour of the week.</summary>
/// <param name="Weekday">Monday is 1.</param>
/// <param name="Hour">0..23, UTC.</param>
/// <param name="Exchanges">How many.</param>
public readonly record struct WeekHour(int Weekday, int Hour, long Exchanges);
