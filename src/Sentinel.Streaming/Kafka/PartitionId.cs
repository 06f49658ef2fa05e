namespace Sentinel.Streaming.Kafka;

/// <summary>One partition of one topic.</summary>
/// <param name="Topic">Full name of the topic.</param>
/// <param name="Partition">Its number, from 0.</param>
public readonly record struct PartitionId(string Topic, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Topic}[{Partition}]";
}
