using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The manifests hold together: what refers to something finds it.</summary>
public sealed class KubernetesTests
{
    private const string Folder = "infra/kubernetes";
    private const string Example = "secret.example.yaml";

    private static readonly string[] WorkloadKinds = ["Deployment", "StatefulSet"];

    public static TheoryData<string> Overlays => ["single", "production"];

    [Fact]
    public void Kustomizations_NameEveryFileAndNoOther()
    {
        var kustomizations = Repository.Files(Folder, "kustomization.yaml").ToArray();
        Assert.Equal(5, kustomizations.Length);
        foreach (var file in kustomizations)
        {
            var folder = Path.GetDirectoryName(file)!;
            var document = Yaml.Parse(File.ReadAllText(file))[0];
            var named = document.Items("resources").Concat(document.Items("components"))
                .Select(item => ((YamlScalarNode)item).Value!)
                .ToArray();
            Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(folder, path)), $"{file}: {path}"));
            Assert.Empty(Directory.EnumerateFiles(folder, "*.yaml").Select(path => Path.GetFileName(path))
                .Except(named).Except(["kustomization.yaml", Example]));
        }
    }

    [Fact]
    public void Workloads_AskForWhatTheApiAnswers()
    {
        using var api = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("schemas/openapi.v1.json")));
        foreach (var container in Workloads().SelectMany(workload =>
            workload.Items("spec", "template", "spec", "containers")))
        {
            foreach (var (probe, path) in new[]
            {
                ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"),
                ("readinessProbe", "/health/ready"),
            })
            {
                Assert.Equal(path, container.Text(probe, "httpGet", "path"));
                Assert.True(api.RootElement.GetProperty("paths").TryGetProperty(path, out _), path);
                Assert.Contains(
                    container.Items("ports"), port => port.Text("name") == container.Text(probe, "httpGet", "port"));
            }
        }
    }

    [Fact]
    public void Workloads_AreBoundedAndUnprivileged() => Assert.All(Workloads(), workload =>
    {
        var pod = workload.Find("spec", "template", "spec")!;
        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        Assert.Equal("false", pod.Text("automountServiceAccountToken"));
        var container = pod.Find("containers", "0")!;
        Assert.NotNull(container.Text("resources", "limits", "memory"));
        Assert.NotNull(container.Text("resources", "requests", "cpu"));
        Assert.Equal("true", container.Text("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal("false", container.Text("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal(
            container.Items("volumeMounts").Select(mount => mount.Text("name")).Order(StringComparer.Ordinal),
            pod.Items("volumes").Concat(workload.Items("spec", "volumeClaimTemplates"))
                .Select(volume => volume.Text("name") ?? volume.Text("metadata", "name"))
                .Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Workloads_HaveTheirRoleAndAStableName()
    {
        foreach (var workload in Workloads().Where(workload => NameOf(workload) != "llm-sentinel"))
        {
            var environment = workload.Items("spec", "template", "spec", "containers", "0", "env").ToArray();
            var role = environment.Single(entry => entry.Text("name") == "LLMSENTINEL_Serve__Role").Text("value");
            Assert.Equal(workload.Text("metadata", "labels", "app.kubernetes.io/component"), role);
            var isStatic = environment.Any(entry => entry.Text("name") == "LLMSENTINEL_Kafka__GroupInstanceId"
                && entry.Text("valueFrom", "fieldRef", "fieldPath") == "metadata.name");
            Assert.Equal(workload.Text("kind") == "StatefulSet", isStatic);
        }
    }

    [Fact]
    public void Settings_AreKnown()
    {
        var names = Objects()
            .SelectMany(item => item.Entries("data").Select(entry => entry.Key)
                .Concat(item.All().SelectMany(node => node.Items("env")).Select(entry => entry.Text("name")!)))
            .ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(Infrastructure.Settings.IsKnown(name), name));
    }

    [Fact]
    public void Images_AreThoseOfTheComposedCluster()
    {
        var compose = File.ReadAllText(Repository.PathOf("docker-compose.yml"));
        Assert.All(
            Workloads().Select(workload => workload.Text("spec", "template", "spec", "containers", "0", "image")!),
            image => Assert.Contains($":-{image}}}", compose, StringComparison.Ordinal));
    }

    [FactIfProgram("kubectl")]
    public async Task Production_FindsWhatItRefersTo()
    {
        var objects = await RenderAsync("production");
        HoldTogether(objects);
        Assert.All(
            objects.Where(IsWorkload).Select(item => item.Text("spec", "template", "spec", "containers", "0", "image")),
            image => Assert.Equal("registry.example.com/llm-sentinel:0.1.0", image));
        Assert.Equal(
            ["llm-sentinel-campaigns"], // The others' number is for the autoscalers to say.
            objects.Where(IsWorkload).Where(item => item.Text("spec", "replicas") is not null).Select(NameOf));
    }

    [FactIfProgram("kubectl")]
    public async Task Single_FindsWhatItRefersTo()
    {
        var objects = await RenderAsync("single");
        HoldTogether(objects);
        var workload = Assert.Single(objects, IsWorkload);
        Assert.Equal(
            "llm-sentinel:0.1.0-standalone", workload.Text("spec", "template", "spec", "containers", "0", "image"));
    }

    private static void HoldTogether(List<YamlMappingNode> objects)
    {
        var pods = objects.Where(IsWorkload).Select(item => LabelsOf(item, "spec", "template", "metadata", "labels"))
            .ToArray();
        bool IsMet(YamlNode item, params string[] path) =>
            LabelsOf(item, path) is var wanted && wanted.Count > 0 && pods.Any(wanted.IsSubsetOf);
        foreach (var item in objects)
        {
            Assert.Equal("llm-sentinel", item.Text("metadata", "namespace"));
            var isMet = item.Text("kind") switch
            {
                "Service" => IsMet(item, "spec", "selector"),
                "StatefulSet" or "Deployment" => IsMet(item, "spec", "selector", "matchLabels")
                    && LabelsOf(item, "spec", "selector", "matchLabels")
                        .IsSubsetOf(LabelsOf(item, "spec", "template", "metadata", "labels"))
                    && References(item, objects),
                "PodDisruptionBudget" => IsMet(item, "spec", "selector", "matchLabels"),
                "NetworkPolicy" => IsMet(item, "spec", "podSelector", "matchLabels"),
                "HorizontalPodAutoscaler" or "ScaledObject" => objects.Exists(target =>
                    NameOf(target) == item.Text("spec", "scaleTargetRef", "name")
                    && target.Text("kind") == item.Text("spec", "scaleTargetRef", "kind")),
                "ServiceMonitor" => objects.Exists(service => service.Text("kind") == "Service"
                    && LabelsOf(item, "spec", "selector", "matchLabels")
                        .IsSubsetOf(LabelsOf(service, "metadata", "labels"))
                    && service.Items("spec", "ports")
                        .Any(port => port.Text("name") == item.Text("spec", "endpoints", "0", "port"))),
                "ConfigMap" or "ServiceAccount" or "PrometheusRule" => true,
                _ => false, // Of a kind that nobody meant to have.
            };
            Assert.True(isMet, $"{item.Text("kind")} {NameOf(item)}");
        }

        var names = objects.Select(item => (item.Text("kind"), NameOf(item))).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    private static bool References(YamlMappingNode workload, List<YamlMappingNode> objects)
    {
        bool Has(string kind, string? name) =>
            objects.Exists(item => item.Text("kind") == kind && NameOf(item) == name);
        var pod = workload.Find("spec", "template", "spec")!;
        var secrets = Yaml.Documents($"{Folder}/base/{Example}").Select(NameOf).ToArray();
        return Has("ServiceAccount", pod.Text("serviceAccountName"))
            && pod.Items("containers", "0", "envFrom").All(from => Has("ConfigMap", from.Text("configMapRef", "name")))
            && pod.Items("volumes").Select(volume => volume.Text("secret", "secretName"))
                .All(name => name is null || secrets.Contains(name))
            && (workload.Text("spec", "serviceName") is not { } service || Has("Service", service));
    }

    private static async Task<List<YamlMappingNode>> RenderAsync(string overlay) =>
        Yaml.Parse(await Tool.RunAsync("kubectl", "kustomize", $"{Folder}/overlays/{overlay}"));

    private static IEnumerable<YamlMappingNode> Objects() =>
        Repository.Files(Folder, "*.yaml")
            .Where(file => Path.GetFileName(file) is not ("kustomization.yaml" or Example))
            .SelectMany(file => Yaml.Parse(File.ReadAllText(file)));

    private static IEnumerable<YamlMappingNode> Workloads() => Objects().Where(IsWorkload);

    private static bool IsWorkload(YamlMappingNode item) => WorkloadKinds.Contains(item.Text("kind"));

    private static string? NameOf(YamlNode item) => item.Text("metadata", "name");

    private static HashSet<(string, string?)> LabelsOf(YamlNode item, params string[] path) =>
        [.. item.Entries(path).Select(entry => (entry.Key, ((YamlScalarNode)entry.Value).Value))];
}
