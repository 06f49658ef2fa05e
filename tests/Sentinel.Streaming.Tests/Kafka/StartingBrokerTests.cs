using Confluent.Kafka;
using Sentinel.Streaming.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>
/// Brokers that have just started. The client library as it is released forgets all brokers when one names none, and never
/// connects again: infra/feed/librdkafka/build.sh mends it.
/// </summary>
public sealed class StartingBrokerTests
{
    private const string Topic = "sentinel.exchanges";

    [Fact]
    public async Task GetMetadata_BrokerKnewNoneForAWhile_AsksAgain()
    {
        await using var broker = new StartingBroker(Topic);
        var options = new KafkaOptions { BootstrapServers = $"127.0.0.1:{broker.Port}", LegacyBrokerVersion = "0.9.0.1" };
        using var client = new AdminClientBuilder(ClientSettings.Admin(options))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        Assert.Single(Ask());

        broker.Forget(answers: 2);
        await Eventually.IsTrueAsync(() => Ask().Count == 1 && broker.EmptyGiven == 2, "it answers again", seconds: 20);

        List<BrokerMetadata> Ask()
        {
            try
            {
                return client.GetMetadata(Topic, TimeSpan.FromSeconds(5)).Brokers;
            }
            catch (KafkaException)
            {
                return [];
            }
        }
    }
}
