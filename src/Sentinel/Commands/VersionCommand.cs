using System.Globalization;
using Sentinel.Detection.Policy;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel version</c>.</summary>
internal sealed class VersionCommand(Screen screen)
{
    /// <summary>Runs.</summary>
    public Task<int> RunAsync()
    {
        screen.Line($"sentinel {VersionVerb.Version}");
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"policy   {DetectionPolicy.Default.Version}"));
        screen.Line($"runtime  .NET {Environment.Version}");
        using var scorer = Scorers.Load();
        screen.Line($"model    {scorer.ModelVersion} sha256:{scorer.Sha256}");
        screen.Line($"provider {scorer.Provider.Name}: {scorer.Provider.Why}");
        return Task.FromResult(ExitCodes.Ok);
    }
}
