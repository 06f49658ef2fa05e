namespace Sentinel.Streaming.Kafka;

/// <summary>Something about Kafka that whoever runs the program should read. The host logs it.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">One sentence; holds no key, value or password.</param>
public readonly record struct KafkaNotice(KafkaNoticeLevel Level, string Text);

/// <summary>How bad a notice is.</summary>
public enum KafkaNoticeLevel
{
    /// <summary>Part of normal life: partitions come and go.</summary>
    Lifecycle,

    /// <summary>Work goes on slower or later.</summary>
    Degraded,

    /// <summary>Something is lost or wrong.</summary>
    Wrong,
}
