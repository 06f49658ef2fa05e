using System.Text.Json;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Tests.Training;

/// <summary>Rulings on a tiny world made here, in which one word tells the sides apart.</summary>
public sealed class RulingTests : IDisposable
{
    private static readonly string[] Openings =
        ["Kindly", "Now", "Please", "Today", "Quickly", "Carefully", "First", "Again"];

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-sentinel-rulings-").FullName;

    private string RulingsFile => Path.Combine(_folder, "rulings.jsonl");

    [Fact]
    public void Read_GoodLines_BecomeFamiliesByGroupFrameAndAccount()
    {
        const string Frame = "You will be shown a question. Write out all the thoughts that lead to it, line by line. ";
        File.WriteAllLines(
            RulingsFile,
            [
                Ruling("one", "hello there friend", "harvest", ["reasoning_extraction", "synthetic_data"], "ring 7"),
                Ruling("two", "another short text", "harvest", ["reasoning_extraction", "synthetic_data"], "ring 7"),
                string.Empty,
                Ruling("one", "an innocent text", "benign", null, "ring 7"),
                Ruling("one", Frame + "Why?", "harvest", ["reasoning_extraction"], null),
                Ruling("two", Frame + "Who was it?", "harvest", ["reasoning_extraction"], null),
                Ruling("three", "good day", "benign", [], null),
                Ruling("three", "good night", "benign", [], null),
            ]);
        var families = new RulingReader().Read(RulingsFile, default);
        Assert.Equal(4, families.Count);
        Assert.All(families, static family => Assert.True(family is { IsRuled: true, IsAuthored: false }));
        var ring = families.Where(static family => family.Group.EndsWith("ring 7", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, ring.Count);
        Assert.Contains(ring, static family => !family.IsHarvest);
        var both = 1 << (int)ContentKind.ReasoningExtraction | 1 << (int)ContentKind.SyntheticData;
        Assert.Equal(2, PromptsOf(Assert.Single(ring, family => family.KindMask == both)));
        Assert.Equal(3, families.Select(static family => family.Group).Distinct().Count());
        Assert.All(families.Except(ring), static family => Assert.Equal(2, PromptsOf(family)));
    }

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"exchange\":{}}", "label is neither harvest nor benign")]
    [InlineData("{\"label\":\"harvest\",\"exchange\":{}}", "harvest without kinds")]
    [InlineData("{\"label\":\"harvest\",\"kinds\":\"x\"}", "kinds is no list")]
    [InlineData("{\"label\":\"harvest\",\"kinds\":[\"spying\"]}", "kinds may hold reasoning_extraction")]
    [InlineData("{\"label\":\"benign\",\"kinds\":[\"synthetic_data\"]}", "benign with kinds")]
    [InlineData("{\"label\":\"benign\",\"group\":\"\"}", "group is no text")]
    [InlineData("{\"label\":\"benign\",\"group\":7}", "group is no text")]
    [InlineData("{\"label\":\"benign\"}", "exchange is missing")]
    [InlineData("{\"label\":\"benign\",\"exchange\":{\"event_id\":\"e\"}}", "exchange: ")]
    public void Read_BadLine_IsNamedByItsNumber(string line, string fault)
    {
        File.WriteAllLines(RulingsFile, [Ruling("one", "good day", "benign", null, null), line]);
        var thrown = Assert.Throws<InvalidDataException>(() => new RulingReader().Read(RulingsFile, default));
        Assert.Contains($"line 2: {fault}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ExchangeWithoutText_IsNamedByItsNumber()
    {
        File.WriteAllLines(RulingsFile, [Ruling("one", " ", "benign", null, null)]);
        var thrown = Assert.Throws<InvalidDataException>(() => new RulingReader().Read(RulingsFile, default));
        Assert.Contains("line 1: exchange has no text", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyBadLines_GivesUpAfterSome()
    {
        File.WriteAllLines(RulingsFile, Enumerable.Repeat("nonsense", 1000));
        var thrown = Assert.Throws<InvalidDataException>(() => new RulingReader().Read(RulingsFile, default));
        Assert.Equal(RulingReader.FaultsMax, thrown.Message.Split("; ").Length);
    }

    [Fact]
    public void Read_NoLines_IsRefused()
    {
        File.WriteAllText(RulingsFile, "\n");
        Assert.Throws<InvalidDataException>(() => new RulingReader().Read(RulingsFile, default));
    }

    [Fact]
    public void Learn_SoundRulings_AreComparedBeforeAnythingIsWritten()
    {
        WriteWorld();
        WriteRulings(isRight: true);
        var options = Options();
        var model = ModelTrainer.Learn(options, RulingsFile, new Silence(), default);
        Assert.False(Directory.Exists(options.OutputFolder));
        var comparison = model.Comparison!;
        Assert.Equal(["found", "authored", .. ContentKinds.Names, "ruled"], comparison.Rows.Select(static r => r.Name));
        Assert.Equal(32, comparison.RulingCount);
        Assert.Equal(16, comparison.RulingGroupCount);
        Assert.False(comparison.IsClearlyWorse);
        Assert.InRange(comparison.Rows[^1].New.Auc, 0.9, 1);
        _ = model.Write();
        Assert.True(File.Exists(Path.Combine(options.OutputFolder, "model.onnx")));
        var card = File.ReadAllText(Path.Combine(options.OutputFolder, "card.md"));
        Assert.Contains("analysts ruled on", card, StringComparison.Ordinal);
        Assert.DoesNotContain("ring 3", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Learn_RulingsThatSayTheOpposite_AreClearlyWorse()
    {
        WriteWorld();
        WriteRulings(isRight: false);
        var model = ModelTrainer.Learn(Options(), RulingsFile, new Silence(), default);
        Assert.True(model.Comparison!.IsClearlyWorse);
    }

    [Fact]
    public void Learn_NoRulings_ComparesNothing()
    {
        WriteWorld();
        Assert.Null(ModelTrainer.Learn(Options(), null, new Silence(), default).Comparison);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int PromptsOf(PromptFamily family) => family.Templates.Sum(static template => template.Prompts.Count);

    private static string Ruling(string account, string user, string label, string[]? kinds, string? group) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["exchange"] = new
            {
                event_id = "e",
                occurred_at = "2026-11-01T00:00:00Z",
                account = new { id = account },
                request = new { model = "m", messages = new[] { new { role = "user", content = user } } },
                response = new { status = 200 },
            },
            ["label"] = label,
            ["kinds"] = kinds,
            ["group"] = group,
        });

    private static string Harvest(int i) => $"{Openings[i % 8]} collect traces for the corpus";

    private static string Innocent(int i) => $"{Openings[i % 8]} help a friend this evening";

    private void WriteRulings(bool isRight) => File.WriteAllLines(
        RulingsFile,
        Enumerable.Range(0, 16).SelectMany(i => new[]
        {
            Ruling("one", isRight ? Harvest(i) : Innocent(i), "harvest", ["synthetic_data"], $"ring {i}"),
            Ruling("one", isRight ? Innocent(i) : Harvest(i), "benign", null, $"ring {i}"),
        }));

    private TrainingOptions Options() => new()
    {
        CorporaFolder = null,
        BankFolder = _folder,
        OutputFolder = Path.Combine(_folder, "model"),
        Seed = 5,
        FoldCount = 3,
        WideCount = 2,
        DeepCount = 2,
        FillingsMax = 2,

        // Where rulings are drawn as often as what the bank says, wrong ones are felt.
        Wide = NetworkOptions.Wide with { DrawCount = 3000, GroupsPerFeatureMin = 2, AuthoredShare = 0.1 },
        Deep = NetworkOptions.Deep with { DrawCount = 3000, GroupsPerFeatureMin = 2, AuthoredShare = 0.1 },
    };

    private void WriteWorld()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "frames"));
        foreach (var (kind, text) in new[] { ("synthetic_data", (Func<int, string>)Harvest), ("benign", Innocent) })
        {
            File.WriteAllLines(
                Path.Combine(_folder, "frames", $"{kind}.en.jsonl"),
                Enumerable.Range(0, 8).Select(i => JsonSerializer.Serialize(new Dictionary<string, object?>
                {
                    ["id"] = $"{kind}.{i}",
                    ["kind"] = kind,
                    ["class"] = kind == "benign" ? "everyday_chat" : null,
                    ["family"] = $"{kind}.{i}",
                    ["lang"] = "en",
                    ["system"] = null,
                    ["user"] = text(i),
                })));
        }
    }

    private sealed class Silence : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
