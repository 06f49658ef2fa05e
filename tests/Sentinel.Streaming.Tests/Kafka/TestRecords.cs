using System.Text;
using Confluent.Kafka;
using Sentinel.Streaming.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>Writes records by the client itself, as somebody else's program does.</summary>
internal static class TestRecords
{
    public static async Task WriteAsync(
        KafkaOptions options, string topic, int partitions, int count, int bytes = 100,
        CompressionType codec = CompressionType.None, string? contentType = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            CompressionType = codec,
            LingerMs = 5,
            MessageMaxBytes = 16 << 20,
            Acks = Acks.All,
        };
        if (options.LegacyBrokerVersion.Length > 0)
        {
            config.ApiVersionRequest = false;
            config.BrokerVersionFallback = options.LegacyBrokerVersion;
        }

        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var value = Encoding.ASCII.GetBytes(new string('x', bytes));
        var written = Enumerable.Range(0, count).Select(i => producer.ProduceAsync(
            new TopicPartition(topic, i % partitions),
            new Message<byte[], byte[]>
            {
                Key = Encoding.ASCII.GetBytes($"key-{i}"),
                Value = value,
                Headers = contentType is null
                    ? null
                    : new Headers { new Header("content-type", Encoding.ASCII.GetBytes(contentType)) },
            }));
        await Task.WhenAll(written).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The group's committed offset of each partition.</summary>
    public static long[] Committed(KafkaOptions options, string topic, int partitions)
    {
        var config = new ConsumerConfig { BootstrapServers = options.BootstrapServers, GroupId = "test" };
        if (options.LegacyBrokerVersion.Length > 0)
        {
            config.ApiVersionRequest = false;
            config.BrokerVersionFallback = options.LegacyBrokerVersion;
        }

        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        return [.. consumer
            .Committed(Enumerable.Range(0, partitions).Select(i => new TopicPartition(topic, i)), TimeSpan.FromSeconds(10))
            .Select(place => place.Offset.Value)];
    }
}
