using Sentinel.Api;
using Sentinel.Hosting.Observability;
using Sentinel.Storage;
using Sentinel.Streaming.Observability;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The settings that the program knows: <c>Section__Property</c> of every options class.</summary>
internal static class Settings
{
    public const string Prefix = "LLMSENTINEL_";

    // Read by themselves, without a section.
    private static readonly string[] Plain = ["MODELS_DIR", "NATIVE_DIR"];

    private static readonly HashSet<string> Known =
    [
        .. Plain,
        .. new[] { typeof(MetricCollector), typeof(ApiOptions), typeof(IClickHouse), typeof(StreamingTelemetry) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Select(type => (Type: type, Section: type.GetField("Section")))
            .Where(pair => pair.Section is { IsLiteral: true } && pair.Section.FieldType == typeof(string))
            .SelectMany(pair => pair.Type.GetProperties()
                .Select(property => $"{pair.Section!.GetRawConstantValue()}__{property.Name}")),
    ];

    /// <summary>Whether the program reads this variable of the environment.</summary>
    public static bool IsKnown(string variable) =>
        variable.StartsWith(Prefix, StringComparison.Ordinal) && Known.Contains(variable[Prefix.Length..]);
}
