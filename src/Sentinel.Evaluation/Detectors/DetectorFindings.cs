using System.Collections.Immutable;

namespace Sentinel.Evaluation.Detectors;

/// <summary>A detector, for people who compare it.</summary>
/// <param name="Name">Short name, as on the command line.</param>
/// <param name="Source">The paper or practice that it follows.</param>
/// <param name="PromisedRate">Share of innocent accounts that it promises to flag at most.</param>
public sealed record DetectorCard(string Name, string Source, double PromisedRate);

/// <summary>What a detector concluded of one account.</summary>
/// <param name="Risk">Orders accounts; its scale is the detector's own.</param>
/// <param name="IsFlagged">Whether the detector accuses it.</param>
/// <param name="FlaggedAtMs">When it first did, milliseconds since 1970 UTC; meaningless unless flagged.</param>
/// <param name="ExchangesAtFlag">Exchanges of the account seen by then.</param>
public readonly record struct AccountFinding(double Risk, bool IsFlagged, long FlaggedAtMs, long ExchangesAtFlag);

/// <summary>A group that a detector reported.</summary>
/// <param name="Accounts">Places of its accounts.</param>
/// <param name="DetectedAtMs">When it was first reported, milliseconds since 1970 UTC.</param>
public sealed record FoundGroup(ImmutableArray<int> Accounts, long DetectedAtMs);

/// <summary>What a detector concluded of some traffic.</summary>
/// <param name="Detector">The detector.</param>
/// <param name="Accounts">Of every account, place by place.</param>
/// <param name="Groups">The groups it reported; none of a detector that knows no groups.</param>
public sealed record DetectorFindings(
    DetectorCard Detector, ImmutableArray<AccountFinding> Accounts, ImmutableArray<FoundGroup> Groups);
