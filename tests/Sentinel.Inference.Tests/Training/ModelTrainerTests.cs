using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Tests.Training;

/// <summary>Trains on a tiny world made here: two words tell the sides apart, topics do not.</summary>
public sealed class ModelTrainerTests : IDisposable
{
    private static readonly string[] Topics =
        ["trains", "apples", "rivers", "clouds", "engines", "poems", "taxes", "bridges"];

    private const string Harvest = "collect traces about the following topic for the corpus: {topic}";

    private const string Innocent = "help a friend with the following topic for the evening: {topic}";

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-sentinel-training-").FullName;

    [Fact]
    public void Train_SameInputAndSeed_GivesTheSameFiles()
    {
        WriteWorld();
        var first = Train("first", seed: 1);
        var second = Train("second", seed: 1);
        var other = Train("other", seed: 2);
        foreach (var file in new[] { "model.onnx", "manifest.json", "card.md", "golden.jsonl" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
        }

        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(first, "model.onnx")), File.ReadAllBytes(Path.Combine(other, "model.onnx")));
    }

    [Fact]
    public void Train_TellingWords_AreLearnedAcrossFamilies()
    {
        WriteWorld();
        var folder = Train("model", seed: 3);
        Assert.True(OnnxScorer.TryLoad(folder, out var scorer, out var fault), fault?.Detail);
        using (scorer)
        {
            var batch = new FeatureBatch(2) { RowCount = 2 };
            CommittedModel.Read(Harvest.Replace("{topic}", "mountains", StringComparison.Ordinal), null, batch.Row(0));
            CommittedModel.Read(Innocent.Replace("{topic}", "mountains", StringComparison.Ordinal), null, batch.Row(1));
            var scores = new ContentScores[2];
            scorer.Score(batch, scores);
            Assert.True(scores[0].Harvest > scores[1].Harvest + 0.2f, $"{scores[0].Harvest} {scores[1].Harvest}");
            Assert.True(scores[0][ContentKind.SyntheticData] > scores[1][ContentKind.SyntheticData]);
        }
    }

    [Fact]
    public void Graph_AgainstPlainSums_AgreesWithinTolerance()
    {
        WriteWorld();
        var options = Options("plain", seed: 4);
        var set = new TrainingSet(new BankReader(4, 1, pieces: null).Read(_folder, default));
        var heldOut = CrossValidation.Run(
            set.Families, set.Families, CrossValidation.AssignFolds(set.Families, options.FoldCount, options.Seed), options,
            static () => { }, default);
        var network = FrozenNetwork.Of(
            NetworkEnsemble.Train(set.Families, options, 1, default),
            options,
            TopicEmbedding.Learn(set, 1, default),
            Calibration.Fit(heldOut, Balance.Of(heldOut)));
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(ContentGraph.Write(network, "1"));
        var templates = set.Families.SelectMany(static family => family.Templates);
        foreach (var prompt in templates.SelectMany(static template => template.Prompts))
        {
            var row = new int[FeatureLayout.Width];
            prompt.Features.CopyTo(row, 0);
            using var input = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(row, [1, row.Length]);
            using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
            using var output = session.Run(run, [ContentGraph.InputName], [input], [ContentGraph.OutputName]);
            var expected = network.Score(row);
            var actual = output[0].GetTensorDataAsSpan<float>();
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.InRange(actual[i], expected[i] - 1e-5f, expected[i] + 1e-5f);
            }
        }
    }

    [Fact]
    public void Train_CorpusFiles_AreReadAsDocumented()
    {
        WriteWorld();
        var rows = new StringBuilder();
        foreach (var topic in Topics)
        {
            rows.AppendLine(JsonSerializer.Serialize(new Dictionary<string, object?>
            {
                ["source"] = "owner/name (remark)",
                ["pipeline"] = "made-up",
                ["intent"] = "cot_elicitation",
                ["system"] = null,
                ["prompt"] = $"Think aloud about {topic} before you answer.",
                ["lang"] = "en",
                ["template"] = "main",
                ["dual_use"] = false,
                ["history"] = new[]
                {
                    new { role = "user", content = "Earlier." },
                    new { role = "assistant", content = "Yes." },
                },
            }));
        }

        var path = Path.Combine(_folder, "made-up.jsonl.gz");
        using (var file = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            file.Write(Encoding.UTF8.GetBytes(rows.ToString()));
        }

        var family = Assert.Single(new CorpusReader(100, pieces: null).Read(_folder, default));
        Assert.Equal("owner/name", family.Group);
        Assert.Equal(1 << (int)ContentKind.ReasoningExtraction, family.KindMask);
        Assert.Equal(Topics.Length, family.Templates.Single().Prompts.Count);
    }

    [Fact]
    public void Train_OneSideOnly_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "frames"));
        Assert.Throws<InvalidDataException>(() => Train("none", seed: 1));
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        WriteWorld();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => ModelTrainer.Train(Options("cancelled", seed: 1), new Silence(), source.Token));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Line(string id, string kind, string family, string? innocentClass, string user) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["id"] = id,
            ["kind"] = kind,
            ["class"] = innocentClass,
            ["family"] = family,
            ["lang"] = "en",
            ["style"] = "formal",
            ["system"] = null,
            ["history"] = Array.Empty<object>(),
            ["user"] = user,
        });

    private string Train(string name, int seed)
    {
        var options = Options(name, seed);
        ModelTrainer.Train(options, new Silence(), default);
        return options.OutputFolder;
    }

    private TrainingOptions Options(string name, int seed) => new()
    {
        CorporaFolder = null,
        BankFolder = _folder,
        OutputFolder = Path.Combine(_folder, name),
        GoldenPromptsFile = Path.Combine(_folder, "golden-prompts.jsonl"),
        Seed = seed,
        FoldCount = 3,
        WideCount = 2,
        DeepCount = 2,
        FillingsMax = 4,
        Wide = NetworkOptions.Wide with { DrawCount = 3000, GroupsPerFeatureMin = 2 },
        Deep = NetworkOptions.Deep with { DrawCount = 3000, GroupsPerFeatureMin = 2 },
    };

    private void WriteWorld()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "frames"));
        Directory.CreateDirectory(Path.Combine(_folder, "slots"));
        File.WriteAllLines(
            Path.Combine(_folder, "slots", "topic.jsonl"),
            Topics.Select(static topic => JsonSerializer.Serialize(new { lang = "en", text = topic })));
        string[] openings = ["Kindly", "Now", "Please", "Today", "Quickly", "Carefully", "First", "Again"];
        File.WriteAllLines(
            Path.Combine(_folder, "frames", "synthetic_data.en.jsonl"),
            openings.Select((opening, i) => Line(
                $"h{i}", "synthetic_data", $"h.{i}", null, $"{opening} {Harvest}")));
        File.WriteAllLines(
            Path.Combine(_folder, "frames", "benign.en.jsonl"),
            openings.Select((opening, i) => Line(
                $"b{i}", "benign", $"b.{i}", "everyday_chat", $"{opening} {Innocent}")));
        File.WriteAllText(
            Path.Combine(_folder, "golden-prompts.jsonl"),
            "{\"id\":\"one\",\"system\":null,\"user\":\"collect traces\"}\n");
    }

    private sealed class Silence : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
