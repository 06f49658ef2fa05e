using System.Text.Json;
using Sentinel.Detection;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Lanes;

/// <summary>All that a lane concluded and stored, as text to be compared.</summary>
internal static class LaneTrace
{
    public static string Of(Judge judge, FakeLaneLog log) => string.Join('\n', [
        $"{judge.ExchangeCount} exchanges, {judge.AccountCount} accounts, {judge.FlaggedCount} flagged",
        .. judge.Verdicts().Select(verdict => $"{verdict.Level} {JsonSerializer.Serialize(verdict)}"),
        .. judge.Campaigns.Select(campaign => JsonSerializer.Serialize(campaign)),
        .. Stored(log),
    ]);

    public static IEnumerable<string> Stored(FakeLaneLog log) =>
    [
        .. log.Observations.Select(seen =>
            $"{seen.Offset} {seen.EventKey} {seen.AccountId} {seen.Scores.HarvestSteps}"),
        .. log.Verdicts.Values.Select(verdict => JsonSerializer.Serialize(verdict)).Order(StringComparer.Ordinal),
        .. log.Campaigns.Values.Select(campaign => JsonSerializer.Serialize(campaign)).Order(StringComparer.Ordinal),
        .. log.Links.Values.Select(link => link.ToString()).Order(StringComparer.Ordinal),
        .. log.DeadLetters.Values.Select(letter => letter.ToString()).Order(StringComparer.Ordinal),
    ];
}
