using System.Collections.Immutable;
using Sentinel.Api.Console.Drawing;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>What the page of an account shows.</summary>
/// <param name="Account">What is known of it.</param>
/// <param name="Headline">One sentence.</param>
/// <param name="Reasons">Why, as it was stored.</param>
/// <param name="Evidence">Evidence over time.</param>
/// <param name="Days">Exchanges by day.</param>
/// <param name="Week">Exchanges by hour of the week.</param>
/// <param name="Exchanges">What it asked last, masked.</param>
/// <param name="Decisions">What gateways were answered.</param>
/// <param name="Conclusions">What was concluded, the latest first.</param>
public sealed record AccountView(
    AccountSummary Account, string Headline, ImmutableArray<ReasonView> Reasons, ChartDrawing Evidence, ChartDrawing Days,
    ImmutableArray<WeekHour> Week, ImmutableArray<KeptExchange> Exchanges, ImmutableArray<LoggedDecision> Decisions,
    ImmutableArray<Conclusion> Conclusions)
{
    /// <summary>Whether excerpts are shown as they are kept.</summary>
    public bool IsRevealed { get; init; }
}
