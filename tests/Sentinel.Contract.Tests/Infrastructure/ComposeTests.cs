using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The composed cluster holds together, as far as that can be seen without an engine.</summary>
public sealed partial class ComposeTests
{
    private static readonly YamlMappingNode Compose = Yaml.Documents("docker-compose.yml")[0];

    private static readonly string Text = File.ReadAllText(Repository.PathOf("docker-compose.yml"));

    private static IEnumerable<(string Name, YamlNode Service)> Services => Compose.Entries("services");

    private static IEnumerable<(string Name, YamlNode Service)> Roles =>
        Services.Where(entry => entry.Service.Find("environment", "LLMSENTINEL_Serve__Role") is not null);

    [Fact]
    public void Services_AreBoundedPinnedAndWatched() => Assert.All(Services, entry =>
    {
        Assert.Matches(Pinned(), WithDefaults(entry.Service.Text("image")!));
        Assert.NotNull(entry.Service.Text("mem_limit"));
        Assert.Equal("unless-stopped", entry.Service.Text("restart"));
        Assert.NotEmpty(entry.Service.Items("healthcheck", "test"));
    });

    [Fact]
    public void Roles_AreAllThere() => Assert.Equal(
        ["account", "account", "api", "campaigns", "campaigns", "links"],
        Roles.Select(entry => entry.Service.Text("environment", "LLMSENTINEL_Serve__Role")!)
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Roles_AreConfiguredWithKeysThatAreKnown() => Assert.All(Roles, entry =>
    {
        Assert.All(
            entry.Service.Entries("environment"), pair => Assert.True(Settings.IsKnown(pair.Key), pair.Key));
        var instance = entry.Service.Text("environment", "LLMSENTINEL_Kafka__GroupInstanceId");
        var isApi = entry.Name.StartsWith("api", StringComparison.Ordinal);
        Assert.Equal(isApi ? null : entry.Name, instance);
    });

    [Fact]
    public void Addresses_AreThoseOfServices()
    {
        var names = Services.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(Roles, entry =>
        {
            var environment = entry.Service.Find("environment")!;
            var broker = environment.Text("LLMSENTINEL_Kafka__BootstrapServers")!;
            Assert.Contains(broker.Split(':')[0], names);
            Assert.Contains(
                $"INSIDE://{broker}", Compose.Text("services", "kafka", "environment", "KAFKA_ADVERTISED_LISTENERS"),
                StringComparison.Ordinal);
            Assert.Contains(new Uri(environment.Text("LLMSENTINEL_ClickHouse__Url")!).Host, names);
            Assert.Equal(8787, new Uri(environment.Text("LLMSENTINEL_Serve__Urls")!).Port);
        });
        Assert.All(
            Services.SelectMany(entry => Named(entry.Service.Find("depends_on"))),
            needed => Assert.Contains(needed, names));
    }

    [Fact]
    public void VolumesAndSecrets_AreDeclaredOrFilesOfTheRepository()
    {
        var volumes = Compose.Entries("volumes").Select(entry => entry.Key).ToArray();
        foreach (var volume in Services.SelectMany(entry => entry.Service.Items("volumes")))
        {
            var source = ((YamlScalarNode)volume).Value!.Split(':')[0];
            Assert.True(
                volumes.Contains(source)
                || (source.StartsWith("./", StringComparison.Ordinal) && Path.Exists(Repository.PathOf(source))),
                source);
        }

        var secrets = Compose.Entries("secrets").Select(entry => entry.Key).ToArray();
        var used = Services.SelectMany(entry => entry.Service.Items("secrets"))
            .Select(secret => ((YamlScalarNode)secret).Value!)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(secrets.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
        Assert.DoesNotMatch(new Regex("(?i)password: *[^ \n]"), Text); // By file only.
    }

    [Fact]
    public void Ports_AreDifferentAndOnLoopback()
    {
        var ports = Services.SelectMany(entry => entry.Service.Items("ports"))
            .Select(port => WithDefaults(((YamlScalarNode)port).Value!))
            .ToArray();
        Assert.NotEmpty(ports);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Equal(ports.Length, ports.Select(port => port.Split(':')[1]).Distinct().Count());
    }

    [Fact]
    public void EnvironmentExample_NamesEveryVariableOnce()
    {
        var lines = File.ReadAllLines(Repository.PathOf(".env.example"));
        var named = lines.Where(line => line.Contains('=') && line[0] != '#').Select(line => line.Split('=')).ToArray();
        var used = Variable().Matches(Text)
            .Select(match => (Name: match.Groups[1].Value, Default: match.Groups[2].Value))
            .Distinct()
            .ToArray();
        Assert.Equal(
            used.Select(variable => variable.Name).Order(StringComparer.Ordinal),
            named.Select(pair => pair[0]).Order(StringComparer.Ordinal));
        Assert.All(named, pair => Assert.Contains((pair[0], pair[1]), used)); // With its default.
    }

    [Fact]
    public void Prometheus_AsksEveryRole()
    {
        var targets = Yaml.Documents("infra/compose/prometheus.yml")[0]
            .Items("scrape_configs").Single(job => job.Text("job_name") == "llm-sentinel")
            .Items("static_configs", "0", "targets")
            .Select(target => ((YamlScalarNode)target).Value!);
        Assert.Equal(
            Roles.Select(entry => entry.Name + ":8787").Order(StringComparer.Ordinal),
            targets.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Grafana_FindsDashboardsAndSource()
    {
        var source = Yaml.Documents("infra/compose/grafana/datasource.yml")[0];
        Assert.Equal("http://prometheus:9090", source.Text("datasources", "0", "url"));
        var folder = Yaml.Documents("infra/compose/grafana/dashboards.yml")[0].Text("providers", "0", "options", "path");
        Assert.Contains(
            $"./infra/dashboards:{folder}:ro",
            Compose.Items("services", "grafana", "volumes").Select(volume => ((YamlScalarNode)volume).Value));
    }

    private static IEnumerable<string> Named(YamlNode? node) => node switch
    {
        YamlMappingNode map => map.Children.Keys.Select(key => ((YamlScalarNode)key).Value!),
        YamlSequenceNode list => list.Children.Select(item => ((YamlScalarNode)item).Value!),
        _ => [],
    };

    private static string WithDefaults(string text) => Variable().Replace(text, match => match.Groups[2].Value);

    [GeneratedRegex(@"\$\{([A-Z_]+):-([^}]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[a-z0-9./-]+:v?\d+(\.\d+)+$")]
    private static partial Regex Pinned();
}
