using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>Many cases, and what deciding them together would come to.</summary>
/// <param name="Deed"><c>rule</c>, <c>approve</c> or <c>undo</c>.</param>
/// <param name="Rows">The cases.</param>
/// <param name="Wished">What was filled in.</param>
/// <param name="Accounts">Accounts of all of them.</param>
/// <param name="Exchanges">Exchanges of theirs.</param>
/// <param name="Share">Of all exchanges that are kept, 0..1.</param>
/// <param name="WorkloadAccounts">How many of the accounts run a verified workload.</param>
/// <param name="NeedsSecond">Whether a second person has to agree.</param>
/// <param name="Fault">Why it was not done, or empty.</param>
/// <param name="Key">Names the selection, for what was typed.</param>
public sealed record BulkView(
    string Deed, ImmutableArray<BulkRow> Rows, WishedView Wished, int Accounts, long Exchanges, double Share,
    int WorkloadAccounts, bool NeedsSecond, string Fault, string Key);

/// <summary>What became of many cases.</summary>
/// <param name="Deed">What was done.</param>
/// <param name="Rows">The cases.</param>
/// <param name="IsProposed">Whether a second person has to agree.</param>
/// <param name="Back">The queue that one came from.</param>
/// <param name="Key">Names the selection.</param>
public sealed record BulkDoneView(string Deed, ImmutableArray<BulkRow> Rows, bool IsProposed, string Back, string Key)
{
    /// <summary>Whether something was done.</summary>
    public int DoneCount => Rows.Count(static one => one.IsPossible);
}

/// <summary>One case of many.</summary>
/// <param name="Id">The case.</param>
/// <param name="Version">The version that is shown.</param>
/// <param name="Headline">One sentence.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Proposal">What was proposed for it, by whom and why, or empty.</param>
/// <param name="Outcome">What would become of it, or became of it.</param>
/// <param name="IsPossible">Whether that is what was asked for.</param>
public sealed record BulkRow(
    string Id, int Version, string Headline, int Accounts, string Proposal, string Outcome, bool IsPossible);
