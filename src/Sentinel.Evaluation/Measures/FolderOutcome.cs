namespace Sentinel.Evaluation.Measures;

/// <summary>What became of one account.</summary>
/// <param name="IsMalicious">Whether it abuses the service.</param>
/// <param name="Class">Its class in the truth.</param>
/// <param name="Source">Of an abuser its campaign, or the recipe of one without a campaign.</param>
/// <param name="Recipe">Of an abuser the recipe that it was played by, or null.</param>
/// <param name="Risk">The detector's risk.</param>
/// <param name="IsFlagged">Whether the detector flagged it.</param>
/// <param name="ExchangesUntilFlag">Exchanges from its first abusive one until then, both counted; at least 1.</param>
public readonly record struct JudgedAccount(
    bool IsMalicious,
    string Class,
    string Source,
    string? Recipe,
    double Risk,
    bool IsFlagged,
    long ExchangesUntilFlag);

/// <summary>What became of one campaign.</summary>
/// <param name="Name">Its name in the truth.</param>
/// <param name="Members">Its accounts.</param>
/// <param name="IsFound">Whether half of them are in one reported group of which 95 % are its members.</param>
/// <param name="VolumeAtDetection">Share of its members' exchanges seen when first detected; null if never.</param>
public sealed record CampaignOutcome(string Name, int Members, bool IsFound, double? VolumeAtDetection)
{
    /// <summary>
    /// Its flagged members among all flagged accounts of its groups: those reported ones of which no other campaign has more.
    /// </summary>
    public Share Precision { get; init; }

    /// <summary>Exchanges of all its members seen when the first of them was flagged; null if none was.</summary>
    public long? ExchangesAtFirstFlag { get; init; }
}

/// <summary>Innocents flagged by the end of a day, of those seen by then.</summary>
/// <param name="Day">Day of the traffic, from 1.</param>
/// <param name="FalsePositives">How many of how many.</param>
public sealed record DayOutcome(int Day, Share FalsePositives);

/// <summary>Pairs of accounts: together in a reported group, in a campaign, and in both.</summary>
/// <param name="Both">In both.</param>
/// <param name="Reported">In a reported group.</param>
/// <param name="True">In a campaign.</param>
public readonly record struct PairCounts(long Both, long Reported, long True)
{
    /// <summary>Harmonic mean of pairwise precision and recall; 0 where nothing is right.</summary>
    public double F1 => Both == 0 ? 0 : 2.0 * Both / (Reported + True);
}

/// <summary>What one detector made of one folder of traffic.</summary>
/// <param name="Accounts">Account by account.</param>
/// <param name="Campaigns">Campaign by campaign, in ordinal order of their names.</param>
/// <param name="Groups">Of the reported groups, those of which 95 % are members of one campaign.</param>
/// <param name="Pairs">Pairs of accounts.</param>
/// <param name="Days">False positives by day.</param>
public sealed record FolderOutcome(
    IReadOnlyList<JudgedAccount> Accounts,
    IReadOnlyList<CampaignOutcome> Campaigns,
    Share Groups,
    PairCounts Pairs,
    IReadOnlyList<DayOutcome> Days);
