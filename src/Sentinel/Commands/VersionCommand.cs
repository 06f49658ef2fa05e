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
        using var scorer = Scorers.LoadForScores();
        screen.Line($"model    {scorer.ModelVersion} sha256:{scorer.First.Sha256}");
        screen.Line($"provider {scorer.First.Provider.Name}: {scorer.First.Provider.Why}");
        if (scorer.Second is { } second)
        {
            screen.Line($"model    {second.Model.Version} sha256:{second.Sha256}");
            screen.Line($"provider {second.Provider.Name}: {second.Provider.Why}");
        }

        return Task.FromResult(ExitCodes.Ok);
    }
}
