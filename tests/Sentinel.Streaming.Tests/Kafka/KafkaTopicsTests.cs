using System.Net;
using System.Net.Sockets;
using Sentinel.Streaming.Kafka;
using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>What is wrong with topics and options, in words.</summary>
public sealed class KafkaTopicsTests
{
    private static readonly KafkaOptions Options = new() { BootstrapServers = "kafka:9092", Partitions = 6, ReplicationFactor = 3 };

    [Fact]
    public void CreateCommand_SaysEverySetting() => Assert.Equal(
        [
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.exchanges --partitions 6 --replication-factor 3"
                + " --config cleanup.policy=delete --config max.message.bytes=8388608 --config min.insync.replicas=2"
                + " --config retention.ms=604800000",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.links --partitions 6 --replication-factor 3"
                + " --config cleanup.policy=delete --config max.message.bytes=8388608 --config min.insync.replicas=2"
                + " --config retention.ms=604800000",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.edges --partitions 1 --replication-factor 3"
                + " --config cleanup.policy=delete --config max.message.bytes=8388608 --config min.insync.replicas=2"
                + " --config retention.ms=604800000",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.verdicts --partitions 6 --replication-factor 3"
                + " --config cleanup.policy=compact --config max.message.bytes=8388608 --config min.insync.replicas=2",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.rulings --partitions 1 --replication-factor 3"
                + " --config cleanup.policy=compact --config max.message.bytes=8388608 --config min.insync.replicas=2",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic sentinel.dead-letters --partitions 1 --replication-factor 3"
                + " --config cleanup.policy=delete --config max.message.bytes=8388608 --config min.insync.replicas=2"
                + " --config retention.ms=2592000000",
        ],
        TopicRule.All(Options).Select(rule => rule.CreateCommand(Options)));

    [Theory]
    [InlineData("sentinel.exchanges", 6, "delete", null)]
    [InlineData("sentinel.exchanges", 12, null, null)]
    [InlineData("sentinel.exchanges", 4, "delete", "sentinel.exchanges has 4 of 6 partitions (Kafka:Partitions)")]
    [InlineData("sentinel.exchanges", 6, "compact", "--add-config cleanup.policy=delete")]
    [InlineData("sentinel.edges", 2, "delete", "sentinel.edges has 2 partitions and must have 1")]
    [InlineData("sentinel.verdicts", 3, "compact", null)]
    [InlineData("sentinel.verdicts", 3, "delete", "--entity-name sentinel.verdicts --add-config cleanup.policy=compact")]
    [InlineData("sentinel.rulings", 1, "compact,delete", "sentinel.rulings has cleanup.policy=compact,delete")]
    public void Faults_SayWhatIsWrongAndWhatToType(string topic, int partitions, string? policy, string? expected)
    {
        var faults = TopicRule.All(Options).Single(rule => rule.Name == topic).Faults(partitions, policy, Options).ToArray();
        Assert.Equal(expected is null ? 0 : 1, faults.Length);
        Assert.All(faults, fault => Assert.Contains(expected!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ensure_TopicsThatAreWrong_AreListedTogether()
    {
        using var kafka = new MockKafka();
        kafka.CreateTopic("sentinel.exchanges", 2);
        kafka.CreateTopic("sentinel.edges", 3);
        kafka.CreateTopic("sentinel.verdicts", 2);
        var options = kafka.Options with { CreateTopics = false, Partitions = 4 };
        var fault = await Assert.ThrowsAsync<KafkaSetupException>(() => EnsureAsync(options));
        Assert.Contains("sentinel.exchanges has 2 of 4 partitions", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sentinel.edges has 3 partitions", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sentinel.links is missing: kafka-topics.sh", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("verdicts", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_TopicsThatAreRight_Passes()
    {
        using var kafka = new MockKafka();
        var options = kafka.Options with { Partitions = 2 };
        foreach (var rule in TopicRule.All(options))
        {
            kafka.CreateTopic(rule.Name, rule.Partitions);
        }

        await EnsureAsync(options);
    }

    [Fact]
    public async Task Ensure_BrokerAway_IsOneClearSentence()
    {
        var options = new KafkaOptions { BootstrapServers = "127.0.0.1:1", StartTimeout = TimeSpan.FromSeconds(2) };
        var fault = await Assert.ThrowsAsync<KafkaSetupException>(() => EnsureAsync(options));
        Assert.StartsWith("Kafka at 127.0.0.1:1 does not answer (see Kafka:BootstrapServers): ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_WrongPassword_IsOneClearSentence()
    {
        await using var broker = new RefusingBroker();
        var options = new KafkaOptions
        {
            BootstrapServers = broker.Address,
            Security = KafkaSecurity.SaslPlaintext,
            Mechanism = KafkaMechanism.Plain,
            User = "sentinel",
            Password = "not-this-one",
            StartTimeout = TimeSpan.FromSeconds(3),
        };
        var fault = await Assert.ThrowsAsync<KafkaSetupException>(() => EnsureAsync(options));
        Assert.StartsWith(
            $"Kafka at {broker.Address} refused the user 'sentinel': wrong user or password", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-this-one", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_AllFaultsNameTheirKeys()
    {
        var faults = new KafkaOptions
        {
            TopicPrefix = "a b",
            Security = KafkaSecurity.SaslSsl,
            CaFile = "/no/such/file",
            Partitions = 0,
            InboxBytesMax = 1,
            Extra = new Dictionary<string, string> { ["acks"] = "0" },
        }.Faults();
        Assert.Equal(
            ["BootstrapServers", "TopicPrefix", "User", "Password", "CaFile", "Partitions", "InboxBytesMax", "Extra"],
            faults.Select(fault => fault.Split([' ', ':'])[1]));
        Assert.Empty(Options.Faults());
        Assert.DoesNotContain("secret", new KafkaOptions { Password = "secret" }.ToString(), StringComparison.Ordinal);
    }

    private static Task<IReadOnlyDictionary<string, int>> EnsureAsync(KafkaOptions options) =>
        new KafkaTopics(options, TimeProvider.System, static _ => { }).EnsureAsync(CancellationToken.None);

    /// <summary>Speaks just enough of the protocol to say that the password is wrong.</summary>
    private sealed class RefusingBroker : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _work;

        public RefusingBroker()
        {
            _listener.Start();
            Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _work = WorkAsync();
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task WorkAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                try
                {
                    await AnswerAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The client went away, which it does when refused.
                }
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var length = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(length, _stop.Token);
                var request = new byte[(length[0] << 24) | (length[1] << 16) | (length[2] << 8) | length[3]];
                await stream.ReadExactlyAsync(request, _stop.Token);
                byte[] body = (request[1], request[3]) switch
                {
                    (18, 0) => [0, 0, 0, 0, 0, 3, 0, 17, 0, 0, 0, 1, 0, 18, 0, 0, 0, 0, 0, 36, 0, 0, 0, 1], // Versions.
                    (18, _) => [0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 0], // Ask again as version 0.
                    (17, _) => [0, 0, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8], // Mechanisms.
                    _ => [0, 58, 0, 6, .. "denied"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], // Authentication failed.
                };
                await stream.WriteAsync((byte[])[0, 0, 0, (byte)(body.Length + 4), .. request[4..8], .. body], _stop.Token);
            }
        }
    }
}
