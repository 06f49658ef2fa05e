using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Adapters;

namespace Sentinel.Streaming.Tests.Adapters;

/// <summary>
/// <c>golden/FORMAT/CASE.in.json</c> becomes <c>CASE.out.jsonl</c>: the lines, and last what became of the records.
/// UPDATE_GOLDENS=1 writes the outputs anew.
/// </summary>
public sealed class GatewayGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFiles.Cases()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_BecomesItsGolden(string name)
    {
        var body = File.ReadAllBytes(GoldenFiles.PathOf(name + ".in.json"));
        var adapted = GoldenFiles.Adapt(name, body);
        GoldenFiles.AssertIs(GoldenFiles.PathOf(name + ".out.jsonl"), adapted);
        Assert.Equal(adapted, GoldenFiles.Adapt(name, body)); // The same again, ids and all.
        Assert.DoesNotContain("not-a-real-key", adapted, StringComparison.Ordinal);
        Assert.DoesNotContain("someone@", adapted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("litellm")]
    [InlineData("otlp")]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public void Format_HasADozenCases(string format) =>
        Assert.True(GoldenFiles.Cases().Count(name => name.StartsWith(format + "/", StringComparison.Ordinal)) >= 12);

    [Fact]
    public void Document_ShowsTheTables() =>
        GoldenFiles.AssertIs(GoldenFiles.RepositoryPath("schemas/adapters.md"), AdapterDocument.Render());
}

/// <summary>The golden files and how they are made.</summary>
internal static class GoldenFiles
{
    private static readonly string Root = FindRoot();

    public static string RepositoryPath(string relative) => Path.Combine(Root, relative);

    public static string PathOf(string name) =>
        RepositoryPath("tests/Sentinel.Streaming.Tests/Adapters/golden/" + name);

    public static IEnumerable<string> Cases() =>
        Directory.EnumerateFiles(PathOf(""), "*.in.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(PathOf(""), file)[..^".in.json".Length])
            .Order(StringComparer.Ordinal);

    public static GatewayFormat FormatOf(string name)
    {
        Assert.True(GatewayFormats.TryParse(name.Split('/')[0], out var format));
        return format;
    }

    /// <summary>The lines of a body, and a last line that tells what became of its records.</summary>
    public static string Adapt(string name, ReadOnlyMemory<byte> body)
    {
        var reader = new GatewayReader(FormatOf(name), body);
        var lines = new AdaptedLines();
        var exchange = new Exchange();
        var text = new StringBuilder();
        var skipped = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var letters = new List<string>();
        while (reader.TryFill(lines))
        {
            text.Append(lines);
            for (var i = 0; i < lines.Skipped.Length; i++)
            {
                if (lines.Skipped[i] > 0)
                {
                    skipped[SkipReasons.Codes[i]] = skipped.GetValueOrDefault(SkipReasons.Codes[i]) + lines.Skipped[i];
                }
            }

            var line = 0;
            foreach (var item in lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                line++;
                if (!ExchangeDecoder.TryDecode(Encoding.UTF8.GetBytes(item), exchange, out var fault))
                {
                    var code = lines.FaultOf(line)?.Code ?? $"{fault.Code} {fault.Path}";
                    letters.Add($"{lines.RecordOf(line)}: {code}");
                }
            }

            Assert.Equal(lines.LineCount, line);
        }

        var report = new { records = reader.RecordCount, skipped, dead_letters = letters };
        return text.Append(JsonSerializer.Serialize(new { report })).Append('\n').ToString();
    }

    /// <summary>Reads a body to its end.</summary>
    public static void Read(string name, ReadOnlyMemory<byte> body)
    {
        var reader = new GatewayReader(FormatOf(name), body);
        var lines = new AdaptedLines();
        while (reader.TryFill(lines))
        {
            Assert.InRange(lines.LineCount, 0, reader.RecordCount);
        }
    }

    public static void AssertIs(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"There is no {path}: review it after running with UPDATE_GOLDENS=1.");
        Assert.Equal(File.ReadAllText(path), text);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sentinel.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no Sentinel.sln above the tests.");
        }

        return folder.FullName;
    }
}
