using System.Globalization;

namespace Sentinel.Streaming.Kafka;

/// <summary>What a topic has to be like.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Partitions">Partitions it is created with.</param>
/// <param name="PartitionsMin">Fewest that serve.</param>
/// <param name="PartitionsMax">Most that serve.</param>
/// <param name="IsCompacted">Kept by key; else by time.</param>
/// <param name="Retention">How long records are kept, where by time.</param>
internal sealed record TopicRule(
    string Name, int Partitions, int PartitionsMin, int PartitionsMax, bool IsCompacted, TimeSpan Retention)
{
    private static readonly TimeSpan LetterRetention = TimeSpan.FromDays(30);

    /// <summary>The rules of all topics.</summary>
    public static IReadOnlyList<TopicRule> All(KafkaOptions options)
    {
        var topics = options.Topics;
        var count = options.Partitions;
        return
        [
            new(topics.Exchanges, count, count, int.MaxValue, IsCompacted: false, options.Retention),
            new(topics.Links, count, count, int.MaxValue, IsCompacted: false, options.Retention),
            // One board sees all edges, in one order.
            new(topics.Edges, 1, 1, 1, IsCompacted: false, options.Retention),
            new(topics.Verdicts, count, 1, int.MaxValue, IsCompacted: true, default),
            new(topics.Rulings, 1, 1, int.MaxValue, IsCompacted: true, default),
            new(topics.DeadLetters, 1, 1, int.MaxValue, IsCompacted: false, LetterRetention),
        ];
    }

    /// <summary>The topic's own settings, by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> Settings(KafkaOptions options)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["cleanup.policy"] = IsCompacted ? "compact" : "delete",
            ["max.message.bytes"] = ClientSettings.MessageBytesMax.ToString(CultureInfo.InvariantCulture),
        };
        if (!IsCompacted)
        {
            settings["retention.ms"] = ((long)Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        if (options.ReplicationFactor >= 2)
        {
            // What was acknowledged is on two brokers at least, so that losing one loses nothing.
            settings["min.insync.replicas"] = Math.Max(2, options.ReplicationFactor - 1)
                .ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    /// <summary>The command that creates the topic.</summary>
    public string CreateCommand(KafkaOptions options) =>
        $"kafka-topics.sh --bootstrap-server {options.BootstrapServers} --create --topic {Name} "
        + $"--partitions {Partitions} --replication-factor {options.ReplicationFactor}"
        + string.Concat(Settings(options).Select(setting => $" --config {setting.Key}={setting.Value}"));

    /// <summary>What is wrong with a topic that is there, and what to do about it.</summary>
    /// <param name="partitions">Partitions it has.</param>
    /// <param name="cleanupPolicy">Its <c>cleanup.policy</c>; null where the brokers do not tell.</param>
    /// <param name="options">How Kafka is used.</param>
    public IEnumerable<string> Faults(int partitions, string? cleanupPolicy, KafkaOptions options)
    {
        var tools = $"--bootstrap-server {options.BootstrapServers}";
        if (partitions < PartitionsMin)
        {
            yield return $"{Name} has {partitions} of {PartitionsMin} partitions (Kafka:Partitions). Set that to "
                + $"{partitions}, or, before the first start: kafka-topics.sh {tools} --alter --topic {Name} "
                + $"--partitions {PartitionsMin}";
        }

        if (partitions > PartitionsMax)
        {
            yield return $"{Name} has {partitions} partitions and must have {PartitionsMax}, since one board reads it "
                + $"in order. Use another Kafka:TopicPrefix, or make it anew: kafka-topics.sh {tools} --delete "
                + $"--topic {Name} && {CreateCommand(options)}";
        }

        if (cleanupPolicy is null)
        {
            yield break;
        }

        var isCompacted = cleanupPolicy.Split(',').Any(policy => policy.Trim() == "compact");
        var isDeleted = cleanupPolicy.Split(',').Any(policy => policy.Trim() == "delete");
        if ((IsCompacted && isDeleted) || IsCompacted != isCompacted)
        {
            var wanted = IsCompacted ? "compact" : "delete";
            yield return $"{Name} has cleanup.policy={cleanupPolicy} and must have {wanted}: "
                + $"kafka-configs.sh {tools} --alter --entity-type topics --entity-name {Name} "
                + $"--add-config cleanup.policy={wanted}";
        }
    }
}
