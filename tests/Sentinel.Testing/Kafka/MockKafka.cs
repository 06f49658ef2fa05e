using System.Runtime.InteropServices;
using Sentinel.Streaming.Kafka;

namespace Sentinel.Testing.Kafka;

/// <summary>
/// The client library's own stand-in for a cluster: the modern protocol, groups included, in this process. It keeps the
/// last 5 MB of a partition, in memory, and makes topics on first use.
/// </summary>
public sealed class MockKafka : IDisposable
{
    private const int Producer = 0;

    private readonly nint _client;
    private readonly nint _cluster;

    /// <summary>A cluster of one broker on a free port.</summary>
    public MockKafka()
    {
        var settings = rd_kafka_conf_new();
        _ = rd_kafka_conf_set(settings, "log_level", "2", 0, 0); // That it has no brokers is meant.
        _client = rd_kafka_new(Producer, settings, 0, 0);
        _cluster = _client == 0 ? 0 : rd_kafka_mock_cluster_new(_client, 1);
        if (_cluster == 0)
        {
            throw new InvalidOperationException("No mock cluster.");
        }

        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 100);
        BootstrapServers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    public string BootstrapServers { get; }

    public KafkaOptions Options => new()
    {
        BootstrapServers = BootstrapServers,
        SessionTimeout = TimeSpan.FromSeconds(3), // Less a second is how long it waits for members to join again.
        RevokeTimeout = TimeSpan.FromSeconds(5),
        StartTimeout = TimeSpan.FromSeconds(2), // It does not answer what it does not know.
        Extra = new Dictionary<string, string> { ["heartbeat.interval.ms"] = "200" },
    };

    public void CreateTopic(string name, int partitions) =>
        Check(rd_kafka_mock_topic_create(_cluster, name, partitions, 1), name);

    /// <summary>The broker stops answering, and answers again.</summary>
    public void SetAway(bool isAway) => Check(
        isAway ? rd_kafka_mock_broker_set_down(_cluster, 1) : rd_kafka_mock_broker_set_up(_cluster, 1), "broker");

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The mock cluster refused {what}: {error}.");
        }
    }

    [DllImport("librdkafka")]
    private static extern nint rd_kafka_conf_new();

    [DllImport("librdkafka", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int rd_kafka_conf_set(nint conf, string name, string value, nint errstr, nint size);

    [DllImport("librdkafka")]
    private static extern nint rd_kafka_new(int type, nint conf, nint errstr, nint size);

    [DllImport("librdkafka")]
    private static extern void rd_kafka_destroy(nint client);

    [DllImport("librdkafka")]
    private static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [DllImport("librdkafka")]
    private static extern void rd_kafka_mock_cluster_destroy(nint cluster);

    [DllImport("librdkafka")]
    private static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport("librdkafka")]
    private static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);

    [DllImport("librdkafka", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [DllImport("librdkafka")]
    private static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [DllImport("librdkafka")]
    private static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);
}
