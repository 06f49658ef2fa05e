using YamlDotNet.RepresentationModel;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The alerts ask for what there is, say what to do, and fire when they should.</summary>
public sealed class AlertTests
{
    private const string Rules = "infra/alerts/llm-sentinel.yml";
    private const string Operator = "infra/kubernetes/components/monitoring/alerts.yaml";
    private const string Cases = "tests/Sentinel.Contract.Tests/Infrastructure/alerts.test.yml";

    private static readonly string[] Wanted =
    [
        "LagGrowing", "FeedStale", "SnapshotTooOld", "ClickHouseUnavailable", "DeadLetters", "BoardFull", "NoTraffic",
        "StandbyMissing", "RoleMissing",
    ];

    [Fact]
    public void Alerts_NameOnlyWhatThereIs()
    {
        var samples = OwnInstruments.SampleNames();
        foreach (var alert in Alerts(Rules))
        {
            var name = alert.Text("alert");
            Assert.StartsWith("LlmSentinel", name, StringComparison.Ordinal);
            Assert.All(
                DashboardTests.Names(alert.Text("expr")!),
                sample => Assert.True(samples.Contains(sample), $"{name}: there is no {sample}."));
            Assert.Contains(alert.Text("labels", "severity"), new[] { "page", "ticket" });
            Assert.False(string.IsNullOrEmpty(alert.Text("annotations", "summary")), name);
            Assert.False(string.IsNullOrEmpty(alert.Text("annotations", "description")), name);
        }
    }

    [Fact]
    public void Alerts_CoverWhatMatters() => Assert.Empty(
        Wanted.Select(name => "LlmSentinel" + name).Except(Alerts(Rules).Select(alert => alert.Text("alert")!)));

    [Fact]
    public void AlertsOfTheOperator_AreTheSame() => Assert.Equal(
        Yaml.Documents(Rules)[0].Find("groups"), Yaml.Documents(Operator)[0].Find("spec", "groups"));

    [FactIfProgram("promtool")]
    public async Task Promtool_TakesTheRulesAndTheConfiguration()
    {
        await Tool.RunAsync("promtool", "check", "rules", Rules);
        await Tool.RunAsync("promtool", "check", "config", "--syntax-only", "infra/compose/prometheus.yml");
    }

    [FactIfProgram("promtool")]
    public Task Promtool_SeesAlertsFire() => Tool.RunAsync("promtool", "test", "rules", Cases);

    private static IEnumerable<YamlNode> Alerts(string file) =>
        Yaml.Documents(file)[0].Items("groups").SelectMany(group => group.Items("rules"));
}
