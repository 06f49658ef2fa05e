using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>The platform's own findings in the form in which detectors are compared. Pure.</summary>
public static class PlatformFindings
{
    /// <summary>Name on the command line.</summary>
    public const string Name = "sentinel";

    /// <summary>Takes verdicts and campaigns over: flagged is what the outside contract calls so.</summary>
    public static DetectorFindings Of(
        IEnumerable<Verdict> verdicts, ImmutableArray<Campaign> campaigns, DetectionPolicy policy,
        ObservedTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(traffic);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < traffic.Accounts.Count; i++)
        {
            places.Add(traffic.Accounts[i].Id, i);
        }

        var accounts = new AccountFinding[places.Count];
        foreach (var verdict in verdicts)
        {
            if (places.TryGetValue(verdict.AccountId, out var place))
            {
                accounts[place] = new AccountFinding(
                    verdict.Risk,
                    verdict.IsFlagged,
                    verdict.FirstFlaggedAt?.ToUnixTimeMilliseconds() ?? 0,
                    verdict.ExchangesAtFlag ?? 0);
            }
        }

        return new DetectorFindings(
            new DetectorCard(Name, "this platform, its policy in force", Math.Exp(-policy.SuspectNats)),
            [.. accounts],
            [.. campaigns.Select(campaign => new FoundGroup(
                [.. campaign.Accounts.Where(places.ContainsKey).Select(id => places[id])],
                campaign.FirstDetectedAt.ToUnixTimeMilliseconds()))]);
    }
}
