
namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>What a person is told when something is wrong, and that all goes on without a hand once it is right.</summary>
[Collection(ClusterTests.Name)]
public sealed class FailureTests(ClusterParts parts)
{
    private const string Workers = "account,links,campaigns";

    [Fact]
    public async Task Serve_RoleThatIsNone_NamesTheRoles()
    {
        var ended = await BuiltProgram.RunAsync(["serve", "--role", "judge"]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(
            "--role judge is none of all, account, links, campaigns or api", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_RoleWithoutKafka_SaysWhatToSet()
    {
        var ended = await BuiltProgram.RunAsync(["serve", "--role", "account"]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("set LLMSENTINEL_Kafka__BootstrapServers", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_RoleWithoutStore_SaysAllThatIsMissing()
    {
        var ended = await BuiltProgram.RunAsync(
            ["serve", "--role", "account"], ("LLMSENTINEL_Kafka__BootstrapServers", "127.0.0.1:1"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("ClickHouse:Url is missing", ended.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Snapshots:Folder, Snapshots:ClickHouse or ObjectStore:Url", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "EventIdsMax must be between 10000 and 50000000")]
    [InlineData("many", "Memory:EventIdsMax")]
    public async Task Serve_MemoryOutOfRange_NamesTheKey(string value, string told)
    {
        var ended = await BuiltProgram.RunAsync(
            ["serve", "--urls", "http://127.0.0.1:0"], ("LLMSENTINEL_Memory__EventIdsMax", value));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(told, ended.Error, StringComparison.Ordinal);
    }

    [FactIfCluster]
    public async Task Serve_WrongTopicsOrPassword_SaysWhatToDoAndEnds()
    {
        await using var deployment = await Deployment.CreateAsync(parts, "wrong", partitions: 2, edgePartitions: 2);
        var topics = await deployment.EndAsync("account", ("Kafka__Partitions", "3"));
        Assert.Equal(1, topics.ExitCode);
        Assert.Contains("wrong.exchanges has 2 of 3 partitions", topics.Error, StringComparison.Ordinal);
        Assert.Contains("--alter --topic wrong.exchanges --partitions 3", topics.Error, StringComparison.Ordinal);
        Assert.Contains("wrong.edges has 2 partitions and must have 1", topics.Error, StringComparison.Ordinal);
        Assert.Contains("--delete --topic wrong.edges", topics.Error, StringComparison.Ordinal);

        var missing = await deployment.EndAsync("account", ("Kafka__TopicPrefix", "nothere"));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("nothere.rulings is missing: kafka-topics.sh", missing.Error, StringComparison.Ordinal);
        Assert.Contains("--create --topic nothere.edges --partitions 1", missing.Error, StringComparison.Ordinal);

        var password = await deployment.EndAsync("account", ("ClickHouse__Password", "not it"));
        Assert.Equal(1, password.ExitCode);
        Assert.Contains("cannot use ClickHouse at", password.Error, StringComparison.Ordinal);
        Assert.Contains("ClickHouse:Password", password.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not it", password.Error, StringComparison.Ordinal);

        var away = await deployment.EndAsync(
            "account", ("Kafka__BootstrapServers", "127.0.0.1:1"), ("Kafka__StartTimeout", "00:00:02"));
        Assert.Equal(1, away.ExitCode);
        Assert.Contains("Kafka at 127.0.0.1:1 does not answer", away.Error, StringComparison.Ordinal);
    }

    [FactIfCluster]
    public async Task Serve_BrokerAndStoreAwayAndPoison_LosesNothingElse()
    {
        await using var deployment = await Deployment.CreateAsync(parts, "away", partitions: 2);
        await deployment.Database.SetAwayAsync(isAway: true);
        var api = await deployment.StartAsync("api");
        var workers = await deployment.StartAsync(Workers);
        await Deployment.UntilAsync(
            () => Task.FromResult(Told(workers).Contains("ClickHouse has been away", StringComparison.Ordinal)),
            () => $"it says that the store is away:\n{Told(workers)}");
        Assert.NotEqual(System.Net.HttpStatusCode.OK, (await workers.Client.GetAsync("/health/ready")).StatusCode);
        await deployment.Database.SetAwayAsync(isAway: false);
        await api.UntilReadyAsync();
        await workers.UntilReadyAsync();
        Assert.Contains("ClickHouse is back after", Told(workers), StringComparison.Ordinal);

        foreach (var topic in new[] { deployment.Topics.Exchanges, deployment.Topics.Links, deployment.Topics.Edges })
        {
            await deployment.WriteAsync(topic, 0, ("x"u8.ToArray(), "\u0001garbage"u8.ToArray()), ([1], []));
        }

        await api.PostAsync(SampleTraffic.StolenReasoning("thief-1", first: 100));
        await UntilCountAsync(deployment, workers, 8);
        await deployment.Database.SetAwayAsync(isAway: true);
        await api.PostAsync(SampleTraffic.StolenReasoning("thief-2", first: 200));
        await parts.Broker.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await deployment.Database.SetAwayAsync(isAway: false);
        await parts.Broker.StartAgainAsync();
        await api.PostAsync(SampleTraffic.StolenReasoning("thief-3", first: 300));
        await UntilCountAsync(deployment, workers, 24);
        // What the third did waits for later exchanges, which end its ticks.
        foreach (var account in new[] { "thief-1", "thief-2" })
        {
            await Deployment.UntilAsync(
                async () =>
                    (await api.GetAsync("/v1/decisions/" + account)).GetProperty("level").GetString() == "abusive",
                () => $"{account} is found:\n{Told(workers)}");
        }

        Assert.Equal(24, await deployment.Database.NumberAsync("SELECT uniqExact(event_key) FROM exchanges"));
        var letters = await deployment.Database.RowsAsync("SELECT DISTINCT code FROM dead_letters ORDER BY code");
        Assert.Contains("not_a_piece", letters);
        Assert.True(letters.Length >= 2, string.Join(' ', letters));
        Assert.Contains("does not answer (see Kafka:BootstrapServers)", Told(workers), StringComparison.Ordinal);
    }

    [FactIfCluster]
    public async Task Serve_SnapshotsTornNewerOrWithoutRoom_RecoversOrSaysWhatToDo()
    {
        await using var deployment = await Deployment.CreateAsync(parts, "saved", partitions: 1);
        using var disk = SmallDisk.TryMount(deployment.Snapshots);
        deployment.Environment["Lanes__SnapshotEvery"] = "00:00:01";
        var api = await deployment.ReadyAsync("api");
        var workers = await deployment.ReadyAsync(Workers);
        await api.PostAsync(Deployment.StolenNow("thief-1", first: 100));
        await UntilManifestsAsync(deployment, 2);
        await workers.Program.KillAsync();

        // Of two the latest is torn: the one before it is used, and it says so.
        var latest = Manifests(deployment)[^1];
        await File.WriteAllBytesAsync(latest, (await File.ReadAllBytesAsync(latest))[..^5]);
        workers = await deployment.ReadyAsync(Workers);
        await api.PostAsync(Deployment.StolenNow("thief-2", first: 200));
        await UntilCountAsync(deployment, workers, 16);
        await Deployment.UntilAsync(
            () => Task.FromResult(Told(workers).Contains("is torn; the one before it is us", StringComparison.Ordinal)),
            () => $"it says so:\n{Told(workers)}");

        if (disk is not null)
        {
            disk.Fill();
            await api.PostAsync(Deployment.StolenNow("thief-3", first: 300));
            var full = await workers.Program.WaitAsync();
            Assert.Equal(1, full.ExitCode);
            Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
            disk.Empty();
            workers = await deployment.ReadyAsync(Workers);
            await UntilCountAsync(deployment, workers, 24);
        }

        await workers.Program.KillAsync();
        await File.WriteAllBytesAsync(
            Path.Combine(deployment.Snapshots, "accounts-0%2Fm-999999999999-newer.snapshot"), NewerManifest());
        var newer = await deployment.EndAsync(Workers);
        Assert.Equal(1, newer.ExitCode);
        Assert.Contains("has format 9 and this program reads 6", newer.Error, StringComparison.Ordinal);
        Assert.Contains("run the newer version", newer.Error, StringComparison.Ordinal);
    }

    private static string Told(ServedProgram served) => served.Program.Error + served.Program.Output;

    private static Task UntilCountAsync(Deployment deployment, ServedProgram workers, long count) => Deployment.UntilAsync(
        async () =>
            await deployment.Database.NumberAsync("SELECT count(DISTINCT partition, offset) FROM exchanges") >= count,
        () => $"{count} exchanges are stored:\n{Told(workers)}");

    private static string[] Manifests(Deployment deployment) =>
        [.. Directory.GetFiles(deployment.Snapshots, "accounts-0%2Fm-*.snapshot").Order(StringComparer.Ordinal)];

    private static Task UntilManifestsAsync(Deployment deployment, int count) => Deployment.UntilAsync(
        async () =>
        {
            // A snapshot is written when there is something new to save.
            await deployment.WriteAsync(deployment.Topics.Exchanges, 0, ("x"u8.ToArray(), "nothing"u8.ToArray()));
            return Manifests(deployment).Length >= count;
        },
        () => $"{count} snapshots are written");

    private static byte[] NewerManifest()
    {
        byte[] body = [.. "LSNP"u8, 9, 0, .. new byte[20]];
        return [.. body, .. System.Security.Cryptography.SHA256.HashData(body)];
    }
}
