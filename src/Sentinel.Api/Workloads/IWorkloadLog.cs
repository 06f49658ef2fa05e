using System.Collections.Immutable;
using Sentinel.Detection.Workloads;
using Sentinel.Storage;
using Sentinel.Storage.Workloads;

namespace Sentinel.Api.Workloads;

/// <summary>Where declared workloads are recorded. Thread-safe.</summary>
public interface IWorkloadLog
{
    /// <summary>All that was recorded, in order.</summary>
    Task<ImmutableArray<Workload>> ReadAsync(CancellationToken cancel);

    /// <summary>Records a declaration or a withdrawal; durable when the task ends.</summary>
    Task AppendAsync(Workload workload, CancellationToken cancel);
}

/// <summary>Declared workloads in the store.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class StoredWorkloads(IClickHouse clickHouse) : IWorkloadLog
{
    private readonly WorkloadLog _log = new(clickHouse);

    /// <inheritdoc/>
    public Task<ImmutableArray<Workload>> ReadAsync(CancellationToken cancel) => _log.ReadAsync(cancel);

    /// <inheritdoc/>
    public Task AppendAsync(Workload workload, CancellationToken cancel) => _log.AppendAsync(workload, cancel);
}
