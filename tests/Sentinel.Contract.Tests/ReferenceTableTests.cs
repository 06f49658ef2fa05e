using System.Xml.Linq;

namespace Sentinel.Contract.Tests;

/// <summary>Who may reference whom, and which vendor's package lives where.</summary>
public sealed class ReferenceTableTests
{
    private static readonly Dictionary<string, string[]> References = new(StringComparer.Ordinal)
    {
        ["Sentinel.Detection"] = [],
        ["Sentinel.Inference"] = ["Sentinel.Detection"],
        ["Sentinel.Storage"] = ["Sentinel.Detection"],
        ["Sentinel.Streaming"] = ["Sentinel.Detection"],
        ["Sentinel.Simulation"] = ["Sentinel.Detection"],
        ["Sentinel.Evaluation"] = ["Sentinel.Detection"],
        ["Sentinel.Reports"] = ["Sentinel.Detection"],
        ["Sentinel.Api"] = ["Sentinel.Detection", "Sentinel.Reports", "Sentinel.Storage", "Sentinel.Streaming"],
        ["Sentinel.Client"] = [], // Others build on it: it brings nothing along.
        ["Sentinel"] =
        [
            "Sentinel.Api", "Sentinel.Detection", "Sentinel.Evaluation", "Sentinel.Inference", "Sentinel.Reports",
            "Sentinel.Simulation", "Sentinel.Storage", "Sentinel.Streaming",
        ],
    };

    private static readonly Dictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["Sentinel.Detection"] = [],
        ["Sentinel.Inference"] = ["Microsoft.ML.OnnxRuntime.Gpu", "MathNet.Numerics", "System.Numerics.Tensors"],
        ["Sentinel.Storage"] = [],
        ["Sentinel.Streaming"] = ["Confluent.Kafka", "librdkafka.redist"],
        ["Sentinel.Simulation"] = [],
        ["Sentinel.Evaluation"] = [],
        ["Sentinel.Reports"] = [],
        ["Sentinel.Api"] = ["Microsoft.AspNetCore.OpenApi", "MediatR", "Microsoft.AspNetCore.Authentication.OpenIdConnect"],
        ["Sentinel.Client"] = [],
        ["Sentinel"] =
        [
            "System.CommandLine", "Spectre.Console", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
        ],
    };

    public static TheoryData<string> Projects => [.. Names()];

    [Fact]
    public void Table_NamesEveryProject() =>
        Assert.Equal(References.Keys.Order(StringComparer.Ordinal), Names().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatItMay(string project) =>
        Assert.Empty(Included(project, "ProjectReference")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Except(References[project]));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_UsesOnlyItsOwnVendors(string project) =>
        Assert.Empty(Included(project, "PackageReference").Except(Packages[project]));

    [Theory]
    [InlineData("Sentinel.Detection")]
    [InlineData("Sentinel.Inference")]
    [InlineData("Sentinel.Storage")]
    [InlineData("Sentinel.Streaming")]
    [InlineData("Sentinel.Simulation")]
    [InlineData("Sentinel.Evaluation")]
    [InlineData("Sentinel.Reports")]
    public void Library_KnowsNoWebFramework(string project) => Assert.Empty(Included(project, "FrameworkReference"));

    private static IEnumerable<string> Names() =>
        Repository.Files("src", "*.csproj").Select(file => Path.GetFileNameWithoutExtension(file));

    private static IEnumerable<string> Included(string project, string item) =>
        XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj"))
            .Descendants(item)
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));
}
