using System.Text.Json;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>Every node that answers knows what was concluded anywhere, and how old its knowledge is.</summary>
[Collection(ClusterTests.Name)]
public sealed class DecisionFeedTests(ClusterParts parts)
{
    private const string Thief = "/v1/decisions/thief";

    [FactIfCluster]
    public async Task Decisions_OnEveryNode_FollowVerdictsRulingsAndTheBroker()
    {
        await using var deployment = await Deployment.CreateAsync(parts, "feed", partitions: 2);
        deployment.Environment["Lanes__IdleAfter"] = "00:00:01";
        // No process is killed here: none is to be taken for dead because the machine is busy.
        deployment.Environment["Kafka__SessionTimeout"] = "00:00:25";
        var first = await deployment.ReadyAsync("api");
        await deployment.ReadyAsync("account,links,campaigns");
        Assert.Equal((8, 0, 0), await first.PostAsync(Deployment.StolenNow("thief", first: 100)));
        await UntilAsync(first, "block", "a verdict is known");

        // Ready means caught up: the very first answer of a node that starts later knows the verdict.
        var second = await deployment.ReadyAsync("api");
        var answer = await second.GetAsync(Thief);
        Assert.NotEqual("allow", answer.GetProperty("decision").GetString());
        Assert.Equal(
            (await first.GetAsync(Thief)).GetProperty("decision_id").GetString(),
            answer.GetProperty("decision_id").GetString());
        Assert.False(answer.GetProperty("stale").GetBoolean());
        Assert.InRange(answer.GetProperty("stale_for_seconds").GetDouble(), 0, 5);

        await RuleAsync(deployment, "r-1", "allow", expiresAt: null);
        await UntilAsync(second, "allow", "a ruling outranks the verdict");
        Assert.Equal("ruling-r-1", (await second.GetAsync(Thief)).GetProperty("decision_id").GetString());
        Assert.Equal("abusive", (await second.GetAsync(Thief)).GetProperty("level").GetString());
        await deployment.WriteAsync(
            deployment.Topics.Rulings, 0, ("thief"u8.ToArray(), "no ruling"u8.ToArray()));
        await deployment.WriteAsync(deployment.Topics.Rulings, 0, ("thief"u8.ToArray(), null));
        await UntilAsync(second, "block", "the ruling is withdrawn");
        await RuleAsync(deployment, "r-2", "observe", DateTimeOffset.UtcNow.AddSeconds(4));
        await UntilAsync(second, "observe", "a ruling of some seconds holds");
        Assert.InRange((await second.GetAsync(Thief)).GetProperty("ttl_seconds").GetInt32(), 1, 4);
        await UntilAsync(second, "block", "the ruling has expired");

        await parts.Broker.KillAsync();
        await Deployment.UntilAsync(
            async () => (await second.GetAsync(Thief)).GetProperty("stale").GetBoolean(), static () => "it is stale");
        var stale = await second.GetAsync(Thief);
        Assert.NotEqual("allow", stale.GetProperty("decision").GetString());
        Assert.True(stale.GetProperty("stale_for_seconds").GetDouble() > 3);
        await parts.Broker.StartAgainAsync();
        await Deployment.UntilAsync(
            async () => !(await second.GetAsync(Thief)).GetProperty("stale").GetBoolean(), static () => "it is fresh");
        Assert.Equal((8, 0, 0), await second.PostAsync(Deployment.StolenNow("other", first: 200)));
        await Deployment.UntilAsync(
            async () => (await first.GetAsync("/v1/decisions/other")).GetProperty("level").GetString() == "abusive",
            static () => "what comes after is known everywhere");
        Assert.Contains("does not answer (see Kafka:BootstrapServers)", second.Program.Error + second.Program.Output,
            StringComparison.Ordinal);
        Assert.Contains("A ruling in partition 0 at 1 cannot be read", second.Program.Error + second.Program.Output,
            StringComparison.Ordinal);
    }

    private static Task UntilAsync(ServedProgram api, string decision, string what) => Deployment.UntilAsync(
        async () =>
        {
            var found = (await api.GetAsync(Thief)).GetProperty("decision").GetString();
            return decision == "block" ? found is not ("allow" or "observe") : found == decision;
        },
        () => what);

    private static Task RuleAsync(Deployment deployment, string id, string action, DateTimeOffset? expiresAt) =>
        deployment.WriteAsync(deployment.Topics.Rulings, 0, ("thief"u8.ToArray(), JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?>
            {
                ["ruling_id"] = id,
                ["account_id"] = "thief",
                ["action"] = action,
                ["expires_at"] = expiresAt,
                ["note"] = "fields to come are passed over",
            })));
}
