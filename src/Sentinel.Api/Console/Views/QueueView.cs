using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>What the queue shows.</summary>
/// <param name="Rows">One page, what matters first.</param>
/// <param name="Views">Views that were kept: names and addresses.</param>
/// <param name="Filter">What the page was asked for.</param>
/// <param name="NextHref">The next page, or empty.</param>
/// <param name="LiveHref">Where the rows alone are.</param>
/// <param name="Version">Changes when the rows do.</param>
/// <param name="Last">The case that was just decided, or null.</param>
public sealed record QueueView(
    ImmutableArray<QueueRow> Rows, ImmutableArray<QueueLink> Views, QueueFilter Filter, string NextHref, string LiveHref,
    string Version, CaseView? Last)
{
    /// <summary>The address of this page.</summary>
    public string Here { get; init; } = "/console/queue";

    /// <summary>The case that is selected, or empty for the first.</summary>
    public string At { get; init; } = "";

    /// <summary>What a view of it that is kept consists of.</summary>
    public string Query { get; init; } = "";
}

/// <summary>What the queue is asked for; all of it stands in the address.</summary>
/// <param name="Show"><c>waiting</c>, <c>mine</c>, <c>given</c>, <c>proposed</c>, <c>appealed</c> or <c>decided</c>.</param>
/// <param name="Kind"><c>campaign</c>, <c>account</c> or empty.</param>
/// <param name="Abuse">What they do, or empty.</param>
/// <param name="Sort">What comes first.</param>
/// <param name="Tag">With this tag, or empty.</param>
public sealed record QueueFilter(string Show, string Kind, string Abuse, string Sort, string Tag);

/// <summary>A view of the queue.</summary>
/// <param name="Text">Its name.</param>
/// <param name="Href">Its address.</param>
/// <param name="IsCurrent">Whether it is the one that is shown.</param>
public readonly record struct QueueLink(string Text, string Href, bool IsCurrent)
{
    /// <summary>Whether who looks keeps it, and may remove it.</summary>
    public bool IsKept { get; init; }
}

/// <summary>A case of the queue.</summary>
/// <param name="Id">The case; empty while there is only a finding.</param>
/// <param name="Href">Where it is shown.</param>
/// <param name="Kind"><c>campaign</c> or <c>account</c>.</param>
/// <param name="Headline">One sentence.</param>
/// <param name="AbuseTypes">Most likely first.</param>
/// <param name="Priority">0..100.</param>
/// <param name="Risk">0..1.</param>
/// <param name="Level">How bad.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Exchanges">How many exchanges.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Claimer">Who works on it, or empty.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="Version">Version of the case; 0 without one.</param>
public sealed record QueueRow(
    string Id, string Href, string Kind, string Headline, ImmutableArray<string> AbuseTypes, double Priority, double Risk,
    string Level, int Accounts, long Exchanges, string Stage, string Claimer, DateTimeOffset Since, int Version)
{
    /// <summary>The ruling that stands, or empty.</summary>
    public string Ruling { get; init; } = "";

    /// <summary>Its tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>To whom it was given, or empty.</summary>
    public string AssignedTo { get; init; } = "";

    /// <summary>The queue as it is to be come back to from this case.</summary>
    public string From { get; init; } = "";
}
