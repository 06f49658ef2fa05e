using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Measures;

/// <summary>Holds a detector's findings against the truth. Pure.</summary>
public static class OutcomeReader
{
    /// <summary>Share of a campaign's members that one group must hold.</summary>
    public const double FoundShareMin = 0.5;

    /// <summary>Share of a group that must be members of one campaign.</summary>
    public const double RightShareMin = 0.95;

    private const long DayMs = 86_400_000;

    /// <summary>What became of accounts, campaigns and groups.</summary>
    /// <param name="traffic">The traffic.</param>
    /// <param name="truth">The truth, place by place.</param>
    /// <param name="findings">The findings, place by place.</param>
    public static FolderOutcome Read(
        ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, DetectorFindings findings)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(findings);
        var accounts = new JudgedAccount[truth.Count];
        for (var i = 0; i < accounts.Length; i++)
        {
            var (real, found) = (truth[i], findings.Accounts[i]);
            accounts[i] = new JudgedAccount(
                real.IsMalicious, real.Class, real.Source, real.Recipe, found.Risk, found.IsFlagged,
                found.IsFlagged ? Math.Max(1, found.ExchangesAtFlag - InnocentBefore(traffic, i, real)) : 0);
        }

        var members = truth.Select(static (account, place) => (account.Campaign, Place: place))
            .Where(static item => item.Campaign is not null)
            .GroupBy(static item => item.Campaign!, static item => item.Place, StringComparer.Ordinal)
            .OrderBy(static campaign => campaign.Key, StringComparer.Ordinal)
            .ToDictionary(static campaign => campaign.Key, static campaign => campaign.ToArray());
        return new FolderOutcome(
            accounts,
            [.. members.Select(campaign => ReadCampaign(traffic, campaign.Key, campaign.Value, truth, findings))],
            new Share(findings.Groups.Count(group => IsRight(group, truth)), findings.Groups.Length),
            CountPairs(members.Values, truth, findings),
            ReadDays(traffic, truth, findings));
    }

    private static long InnocentBefore(ObservedTraffic traffic, int account, AccountTruth truth)
    {
        var before = 0;
        foreach (var place in traffic.Of(account))
        {
            if (traffic.Exchanges[place].EventKey == truth.FirstMaliciousEvent)
            {
                return before;
            }

            before++;
        }

        return 0; // The event is not told, or was not admitted: then all of it counts.
    }

    private static CampaignOutcome ReadCampaign(
        ObservedTraffic traffic, string name, int[] members, IReadOnlyList<AccountTruth> truth,
        DetectorFindings findings)
    {
        var best = findings.Groups
            .Select(group => (Group: group, Shared: group.Accounts.Count(place => truth[place].Campaign == name)))
            .OrderByDescending(static item => item.Shared)
            .FirstOrDefault();
        var isFound = best.Group is not null
            && best.Shared >= FoundShareMin * members.Length
            && best.Shared >= RightShareMin * best.Group.Accounts.Length;
        var detectedAtMs = isFound ? best.Group!.DetectedAtMs : HalfFlaggedAtMs(members, findings);
        return new CampaignOutcome(
            name, members.Length, isFound, detectedAtMs is { } at ? VolumeUntil(traffic, members, at) : null)
        {
            Precision = PrecisionOf(name, truth, findings),
            ExchangesAtFirstFlag = UntilFirstFlag(traffic, members, findings),
        };
    }

    private static long? UntilFirstFlag(ObservedTraffic traffic, int[] members, DetectorFindings findings)
    {
        var flagged = members.Where(place => findings.Accounts[place].IsFlagged).ToList();
        if (flagged.Count == 0)
        {
            return null;
        }

        var atMs = flagged.Min(place => findings.Accounts[place].FlaggedAtMs);
        return members.Sum(member => (long)traffic.CountUntil(member, atMs));
    }

    private static Share PrecisionOf(string name, IReadOnlyList<AccountTruth> truth, DetectorFindings findings)
    {
        var flagged = findings.Groups.Where(group => LargestOf(group, truth) == name)
            .SelectMany(static group => group.Accounts)
            .Distinct()
            .Where(place => findings.Accounts[place].IsFlagged)
            .ToList();
        return new Share(flagged.Count(place => truth[place].Campaign == name), flagged.Count);
    }

    // Of campaigns with as many members in it the first by name, so that a group is of one campaign.
    private static string? LargestOf(FoundGroup group, IReadOnlyList<AccountTruth> truth) => group.Accounts
        .Select(place => truth[place].Campaign)
        .Where(static campaign => campaign is not null)
        .GroupBy(static campaign => campaign!, StringComparer.Ordinal)
        .OrderByDescending(static campaign => campaign.Count())
        .ThenBy(static campaign => campaign.Key, StringComparer.Ordinal)
        .FirstOrDefault()?.Key;

    // A detector that found no group has found the campaign when half of its members were flagged, one by one.
    private static long? HalfFlaggedAtMs(int[] members, DetectorFindings findings)
    {
        var flagged = members.Select(place => findings.Accounts[place])
            .Where(static account => account.IsFlagged)
            .Select(static account => account.FlaggedAtMs)
            .Order()
            .ToArray();
        var needed = (int)Math.Ceiling(FoundShareMin * members.Length);
        return flagged.Length >= needed ? flagged[needed - 1] : null;
    }

    private static double VolumeUntil(ObservedTraffic traffic, int[] members, long atMs)
    {
        var (until, all) = (0L, 0L);
        foreach (var member in members)
        {
            until += traffic.CountUntil(member, atMs);
            all += traffic.Accounts[member].ExchangeCount;
        }

        return until / (double)all;
    }

    private static bool IsRight(FoundGroup group, IReadOnlyList<AccountTruth> truth) => group.Accounts
        .Select(place => truth[place].Campaign)
        .Where(static campaign => campaign is not null)
        .GroupBy(static campaign => campaign, StringComparer.Ordinal)
        .Any(campaign => campaign.Count() >= RightShareMin * group.Accounts.Length);

    private static PairCounts CountPairs(
        IEnumerable<int[]> campaigns, IReadOnlyList<AccountTruth> truth, DetectorFindings findings)
    {
        var (both, reported) = (0L, 0L);
        var taken = new HashSet<int>();
        foreach (var group in findings.Groups)
        {
            // An account that is in two groups counts for the first: pairs are of disjoint groups.
            var accounts = group.Accounts.Where(taken.Add).ToArray();
            reported += PairsOf(accounts.Length);
            both += accounts.Where(place => truth[place].Campaign is not null)
                .GroupBy(place => truth[place].Campaign, StringComparer.Ordinal)
                .Sum(static campaign => PairsOf(campaign.Count()));
        }

        return new PairCounts(both, reported, campaigns.Sum(static members => PairsOf(members.Length)));
    }

    private static long PairsOf(long accounts) => accounts * (accounts - 1) / 2;

    private static List<DayOutcome> ReadDays(
        ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, DetectorFindings findings)
    {
        if (traffic.Exchanges.IsEmpty)
        {
            return [];
        }

        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (ref readonly var exchange in traffic.Exchanges)
        {
            (first, last) = (Math.Min(first, exchange.AtMs), Math.Max(last, exchange.AtMs));
        }

        var startDay = first / DayMs;
        var seen = new long[(last / DayMs) - startDay + 1];
        var flagged = new long[seen.Length];
        for (var i = 0; i < truth.Count; i++)
        {
            if (truth[i].IsMalicious)
            {
                continue;
            }

            seen[(traffic.Exchanges[traffic.Of(i)[0]].AtMs / DayMs) - startDay]++;
            if (findings.Accounts[i] is { IsFlagged: true } finding)
            {
                flagged[Math.Clamp((finding.FlaggedAtMs / DayMs) - startDay, 0, seen.Length - 1)]++;
            }
        }

        var (seenSoFar, flaggedSoFar) = (0L, 0L);
        return
        [
            .. Enumerable.Range(0, seen.Length).Select(day =>
                new DayOutcome(day + 1, new Share(flaggedSoFar += flagged[day], seenSoFar += seen[day]))),
        ];
    }
}
