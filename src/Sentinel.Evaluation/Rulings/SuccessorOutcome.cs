using Sentinel.Detection.Cases;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Rulings;

/// <summary>
/// What became of the pool that takes a blocked one's place: members of a true campaign that were first seen once all its members
/// so far had fallen silent, some of them blocked.
/// </summary>
/// <param name="Campaign">The campaign in the truth.</param>
/// <param name="Blocked">Its members that were blocked before any successor came.</param>
/// <param name="Linked">Successors linked to a blocked campaign, ever.</param>
/// <param name="WithinHour">Linked within an hour of their own first exchange.</param>
/// <param name="WithinExchanges">Linked before all successors together had made <see cref="SuccessorReader.ExchangesMax"/>.</param>
/// <param name="InTime">Linked within either.</param>
/// <param name="HoursMedian">Median hours from a linked successor's first exchange until then; null where none was.</param>
/// <param name="ExchangesMedian">Median of its own exchanges by then.</param>
public sealed record SuccessorOutcome(
    string Campaign, int Blocked, Share Linked, Share WithinHour, Share WithinExchanges, Share InTime, double? HoursMedian,
    double? ExchangesMedian);

/// <summary>What came of rulings in one folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="CampaignsBlocked">Reported campaigns that were blocked.</param>
/// <param name="CampaignsDismissed">Reported campaigns that were dismissed.</param>
/// <param name="AccountsRuled">Accounts in no campaign that were ruled on by themselves.</param>
/// <param name="Innocents">Innocent accounts that were linked to a blocked campaign after the ruling, of all.</param>
/// <param name="Successors">Campaign by campaign that has successors.</param>
public sealed record RulingOutcome(
    string Folder, int CampaignsBlocked, int CampaignsDismissed, int AccountsRuled, Share Innocents, IReadOnlyList<SuccessorOutcome> Successors);

/// <summary>Holds links that came after rulings against the truth. Pure.</summary>
public static class SuccessorReader
{
    /// <summary>Exchanges of all successors of a campaign by which one is linked in time.</summary>
    public const int ExchangesMax = 1_000;

    /// <summary>Time from its first exchange within which a successor is linked in time.</summary>
    public static TimeSpan DelayMax { get; } = TimeSpan.FromHours(1);

    /// <summary>Reads.</summary>
    /// <param name="folder">The folder's name.</param>
    /// <param name="traffic">Its traffic.</param>
    /// <param name="truth">The truth, place by place.</param>
    /// <param name="analyst">Who ruled while it was judged.</param>
    public static RulingOutcome Read(
        string folder, ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, Analyst analyst)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(analyst);
        var linkedAtMs = analyst.Links.ToDictionary(static link => link.AccountId, static link => link.AtMs, StringComparer.Ordinal);
        var innocents = Enumerable.Range(0, truth.Count).Where(place => !truth[place].IsMalicious).ToList();
        var campaigns = Enumerable.Range(0, truth.Count)
            .Where(place => truth[place].Campaign is not null)
            .GroupBy(place => truth[place].Campaign!, StringComparer.Ordinal)
            .OrderBy(static campaign => campaign.Key, StringComparer.Ordinal);
        return new RulingOutcome(
            folder,
            analyst.Ruled.Count(static one => one.Kind == RulingKind.Block),
            analyst.Ruled.Count(static one => one.Kind == RulingKind.Dismiss),
            analyst.RuledAccounts,
            new Share(innocents.Count(place => linkedAtMs.ContainsKey(traffic.Accounts[place].Id)), innocents.Count),
            [
                .. campaigns
                    .Select(campaign => ReadCampaign(campaign.Key, [.. campaign], traffic, analyst.BlockedAtMs, linkedAtMs))
                    .Where(static outcome => outcome.Linked.Of > 0),
            ]);
    }

    private static SuccessorOutcome ReadCampaign(
        string name, List<int> members, ObservedTraffic traffic, IReadOnlyDictionary<string, long> blockedAtMs,
        Dictionary<string, long> linkedAtMs)
    {
        members.Sort((left, right) => FirstMs(traffic, left).CompareTo(FirstMs(traffic, right)));
        var (first, blocked) = FindBreak(members, traffic, blockedAtMs);
        var successors = members[first..];
        var poolMs = successors.SelectMany(place => TimesOf(traffic, place)).Order().Take(ExchangesMax).ToList();
        var untilMs = poolMs.Count < ExchangesMax ? long.MaxValue : poolMs[^1];
        var (hour, few, either) = (0, 0, 0);
        var (hours, exchanges) = (new List<double>(), new List<double>());
        foreach (var place in successors)
        {
            if (!linkedAtMs.TryGetValue(traffic.Accounts[place].Id, out var atMs))
            {
                continue;
            }

            var (isSoon, isEarly) = (atMs - FirstMs(traffic, place) <= DelayMax.TotalMilliseconds, atMs <= untilMs);
            hour += isSoon ? 1 : 0;
            few += isEarly ? 1 : 0;
            either += isSoon || isEarly ? 1 : 0;
            hours.Add((atMs - FirstMs(traffic, place)) / TimeSpan.FromHours(1).TotalMilliseconds);
            exchanges.Add(traffic.CountUntil(place, atMs));
        }

        return new SuccessorOutcome(
            name, blocked, new Share(hours.Count, successors.Count), new Share(hour, successors.Count),
            new Share(few, successors.Count), new Share(either, successors.Count), Quantiles.Of([.. hours], 0.5),
            Quantiles.Of([.. exchanges], 0.5));
    }

    // The first of the members, by the time they came, who found all others silent and some of them blocked; and how many were.
    private static (int First, int Blocked) FindBreak(
        List<int> members, ObservedTraffic traffic, IReadOnlyDictionary<string, long> blockedAtMs)
    {
        var silentMs = long.MinValue;
        for (var i = 0; i < members.Count; i++)
        {
            var cameMs = FirstMs(traffic, members[i]);
            if (cameMs > silentMs)
            {
                var blocked = members[..i].Count(
                    place => blockedAtMs.TryGetValue(traffic.Accounts[place].Id, out var atMs) && atMs < cameMs);
                if (blocked > 0)
                {
                    return (i, blocked);
                }
            }

            silentMs = Math.Max(silentMs, LastMs(traffic, members[i]));
        }

        return (members.Count, 0);
    }

    private static long FirstMs(ObservedTraffic traffic, int account) => traffic.Exchanges[traffic.Of(account)[0]].AtMs;

    private static long LastMs(ObservedTraffic traffic, int account) => traffic.Exchanges[traffic.Of(account)[^1]].AtMs;

    private static IEnumerable<long> TimesOf(ObservedTraffic traffic, int account)
    {
        foreach (var place in traffic.Of(account).ToArray())
        {
            yield return traffic.Exchanges[place].AtMs;
        }
    }
}
