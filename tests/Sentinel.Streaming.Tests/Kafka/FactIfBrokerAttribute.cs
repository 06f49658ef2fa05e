using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>A test against a real broker; skipped where there is none.</summary>
public sealed class FactIfBrokerAttribute : FactAttribute
{
    public FactIfBrokerAttribute()
    {
        Skip = LegacyBroker.Lacking;
    }
}
