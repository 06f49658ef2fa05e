using System.Reflection;
using System.Text.RegularExpressions;
using Sentinel.Api.Gateways;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>What gateway teams read names what there is, and all of it.</summary>
public sealed partial class GatewayDocumentTests
{
    private static readonly string Folder = Path.Combine(FindRoot(), "infra", "gateways");
    private static readonly string Readme = File.ReadAllText(Path.Combine(Folder, "README.md"));

    [Fact]
    public void Settings_AreAllInTheTable_AndNoOthers()
    {
        var rows = Readme.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal) && char.IsUpper(line[3]));
        var named = rows.SelectMany(static line => Code().Matches(line.Split('|')[1]).Select(static match => match.Groups[1].Value));
        var there = typeof(GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static one => one.Name);
        Assert.Equal(there.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Addresses_InExamples_AreAnswered()
    {
        var paths = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .SelectMany(static file => Address().Matches(File.ReadAllText(file)).Select(static match => match.Value))
            .Distinct(StringComparer.Ordinal).ToArray();
        Assert.InRange(paths.Length, 10, 40);
        await using var host = await ApiHost.StartAsync();
        foreach (var path in paths)
        {
            using var answer = await host.Client.PostAsync(path, content: null);
            Assert.False((int)answer.StatusCode is 404 or 405, $"{path}: {answer.StatusCode}");
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sentinel.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Sentinel.sln above the tests.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Code();

    // What is asked with POST or with any method; GET alone stands in other words.
    [GeneratedRegex(@"/v1/(gateways|ingest)/[a-z]+|/v1/(logs|traces)\b")]
    private static partial Regex Address();
}
