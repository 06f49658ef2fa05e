namespace Sentinel.Streaming.Kafka;

/// <summary>Kafka cannot be used as it is set up. The message says what is wrong and what to type.</summary>
public sealed class KafkaSetupException : Exception
{
    /// <summary>With its cause.</summary>
    public KafkaSetupException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>With a message.</summary>
    public KafkaSetupException(string message)
        : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public KafkaSetupException()
    {
    }
}
