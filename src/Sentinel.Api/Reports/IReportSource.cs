using Sentinel.Api.Findings;
using Sentinel.Storage;

namespace Sentinel.Api.Reports;

/// <summary>Gives the database that reports are made from, once it is open.</summary>
public interface IReportSource
{
    /// <summary>The migrated database, or null while it is not open.</summary>
    IClickHouse? ClickHouse { get; }
}

/// <summary>The database that findings are read from.</summary>
/// <param name="findings">Opened by the host.</param>
internal sealed class FindingSource(IFindingReader findings) : IReportSource
{
    public IClickHouse? ClickHouse => (findings as StoredFindings)?.ClickHouse;
}
