using Sentinel.Testing.Kafka;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>A real broker and a database process, shared by tests that each have topics and a database of their own.</summary>
public sealed class ClusterParts : IAsyncLifetime
{
    private LegacyBroker? _broker;
    private DatabaseProgram? _databases;

    /// <summary>Why tests that need it cannot run here; null when they can.</summary>
    public static string? Lacking => LegacyBroker.Lacking
        ?? (File.Exists(Path.Combine(BuiltProgram.Root, ".sentinel", "native", "libchdb.so"))
            ? null
            : "There is no .sentinel/native/libchdb.so: run ./sentinel setup.");

    internal LegacyBroker Broker => _broker ?? throw new InvalidOperationException(Lacking);

    internal DatabaseProgram Databases => _databases ?? throw new InvalidOperationException(Lacking);

    public async Task InitializeAsync()
    {
        if (Lacking is null)
        {
            _broker = await LegacyBroker.StartAsync(partitions: 1);
            _databases = DatabaseProgram.Start();
        }
    }

    public async Task DisposeAsync()
    {
        if (_databases is not null)
        {
            await _databases.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }
}

/// <summary>The tests that share the parts.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests : ICollectionFixture<ClusterParts>
{
    public const string Name = "cluster";
}

/// <summary>A test over the real parts; skipped, with the reason, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfClusterAttribute : FactAttribute
{
    public FactIfClusterAttribute()
    {
        Skip = ClusterParts.Lacking;
    }
}
