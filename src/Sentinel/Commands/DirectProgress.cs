using System.Globalization;
using Sentinel.Simulation;

namespace Sentinel.Hosting.Commands;

/// <summary>Reports on the thread that plays: what comes later is not told earlier.</summary>
internal sealed class DirectProgress(Action<double?, string> tell) : IProgress<SimulationProgress>
{
    public void Report(SimulationProgress value) => tell(
        value.Share,
        string.Create(CultureInfo.InvariantCulture, $"{value.Exchanges:N0} exchanges, {value.At:yyyy-MM-dd HH:mm}"));
}
