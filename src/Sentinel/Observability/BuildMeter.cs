using System.Diagnostics.Metrics;
using System.Reflection;

namespace Sentinel.Hosting.Observability;

/// <summary>Shows which build this is and which roles it has.</summary>
internal sealed class BuildMeter
{
    public const string Name = "LlmSentinel.Program";

    public BuildMeter(IMeterFactory meters, string roles)
    {
        var version = typeof(BuildMeter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "unknown";
        meters.Create(Name).CreateObservableGauge(
            "sentinel.build.info",
            () => new Measurement<int>(1, new("version", version), new("role", roles)),
            unit: null,
            "Always 1; its labels say which build this is and which roles it has.");
    }
}
