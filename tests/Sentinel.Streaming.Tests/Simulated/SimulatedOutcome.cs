using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>What a run left behind, as lines that two runs of the same traffic share.</summary>
internal static class SimulatedOutcome
{
    public static SortedSet<string> Of(ClusterSimulation simulation)
    {
        var servers = simulation.Servers;
        var lines = new SortedSet<string>(StringComparer.Ordinal) { $"exchanges counted {simulation.ExchangeCount}" };
        lines.UnionWith(servers.Exchanges.Select(row => $"exchange {row.Partition}/{servers.PlaceOf(row.Partition, row.Offset)}"));
        lines.UnionWith(InForce(servers).Select(static verdict =>
            $"in force {verdict.AccountId} {verdict.Level} {verdict.Action} {verdict.CampaignId} {verdict.Risk:R} "
            + $"{verdict.ExchangesSeen} {verdict.ExchangesAtFlag} {verdict.FirstFlaggedAt:O} {verdict.At:O} {verdict.Origin}"));
        lines.UnionWith(servers.Verdicts.Values.Where(static verdict => verdict.Origin == VerdictOrigin.Account)
            .Select(verdict => $"verdict {verdict.Id.Partition}/{servers.PlaceOf(verdict.Id.Partition, verdict.Id.Offset)} {verdict.AccountId} {verdict.Level} {verdict.At:O}"));
        lines.UnionWith(servers.Campaigns.Values.GroupBy(static campaign => campaign.Id)
            .Select(static versions => versions.MaxBy(static campaign => campaign.Version)!).Select(static campaign =>
                $"campaign {campaign.Id} v{campaign.Version} [{string.Join(',', campaign.Accounts)}] {campaign.Exchanges} "
                + $"{campaign.FirstDetectedAt:O} {campaign.Template} {campaign.MergedInto}"));
        lines.UnionWith(servers.Links.Values.Select(
            link => $"link {link with { Offset = servers.PlaceOf(link.Partition, link.Offset) }}"));
        lines.UnionWith(servers.DeadLetters.Values.Where(static letter => letter.Code != "not_a_piece")
            .Select(letter => $"letter {letter with { Line = PlaceOf(servers, $"{letter.Source}/{letter.Line}") }}"));
        lines.UnionWith(servers.Log(servers.Topics.DeadLetters, 0)
            .Select(static record => System.Text.Encoding.UTF8.GetString(record.Key))
            .Where(key => key.StartsWith(servers.Topics.Exchanges, StringComparison.Ordinal))
            .Select(key => $"letter in topic {PlaceOf(servers, key)}"));
        return lines;
    }

    // topic/partition/offset
    private static int PlaceOf(SimulatedServers servers, string key)
    {
        var parts = key.Split('/');
        return servers.PlaceOf(int.Parse(parts[1], Culture), long.Parse(parts[2], Culture));
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static IEnumerable<Verdict> InForce(SimulatedServers servers)
    {
        var inForce = new SortedDictionary<string, Verdict>(StringComparer.Ordinal);
        foreach (var record in servers.Log(servers.Topics.Verdicts, 0))
        {
            if (!VerdictRecord.TryRead(record.Value, out var verdict))
            {
                throw new SimulationException("A record of the verdicts is none.");
            }

            if (!inForce.TryGetValue(verdict.AccountId, out var known) || verdict.Supersedes(known))
            {
                inForce[verdict.AccountId] = verdict;
            }
        }

        return inForce.Values;
    }
}
