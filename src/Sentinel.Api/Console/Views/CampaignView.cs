using System.Collections.Immutable;
using Sentinel.Api.Console.Drawing;
using Sentinel.Detection.Campaigns;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Console.Views;

/// <summary>What the page of a campaign shows.</summary>
/// <param name="Campaign">Its newest state.</param>
/// <param name="Headline">One sentence.</param>
/// <param name="Harvests">What it takes, in words.</param>
/// <param name="Examples">Masked examples side by side.</param>
/// <param name="Graph">Accounts and what ties them.</param>
/// <param name="Timeline">Activity over time.</param>
/// <param name="Facts">What was observed.</param>
/// <param name="Inferences">What was concluded.</param>
/// <param name="Explanations">Innocent explanations that were tried.</param>
/// <param name="Members">One page of its members.</param>
/// <param name="MembersCount">How many there are.</param>
/// <param name="MembersBefore">How many come before this page.</param>
/// <param name="MembersNext">Where the next page begins, or empty.</param>
/// <param name="Similar">Other campaigns like it, successors among them.</param>
/// <param name="FirstSeen">Its first exchange.</param>
/// <param name="LastSeen">Its last exchange.</param>
public sealed record CampaignView(
    Campaign Campaign, string Headline, string Harvests, ImmutableArray<ExampleView> Examples, GraphDrawing Graph,
    ChartDrawing Timeline, ImmutableArray<FactView> Facts, ImmutableArray<ReasonView> Inferences,
    ImmutableArray<ExplanationView> Explanations, ImmutableArray<CampaignMember> Members, int MembersCount, int MembersBefore,
    string MembersNext,
    ImmutableArray<SimilarView> Similar, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>A masked example.</summary>
/// <param name="Example">What is kept of it.</param>
/// <param name="Parts">Its text, cut into what all share and what is its own.</param>
public sealed record ExampleView(MaskedExample Example, ImmutableArray<ExamplePart> Parts);

/// <summary>Something that was observed.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Weight">How surprising it is, in nats.</param>
public readonly record struct FactView(string Kind, string Text, double Weight);

/// <summary>An innocent explanation.</summary>
/// <param name="Text">What it would be.</param>
/// <param name="Outcome"><c>against</c>, <c>open</c> or <c>for</c>.</param>
/// <param name="Because">What speaks for the outcome.</param>
public readonly record struct ExplanationView(string Text, string Outcome, string Because);

/// <summary>Another campaign.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Why">What they have in common.</param>
/// <param name="FirstDetectedAt">When it was first reported.</param>
public sealed record SimilarView(string Id, int Accounts, string Why, DateTimeOffset FirstDetectedAt);
