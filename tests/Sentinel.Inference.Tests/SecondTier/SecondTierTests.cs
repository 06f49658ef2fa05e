using System.Runtime.InteropServices;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;
using Sentinel.Inference.SecondTier;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Tests.SecondTier;

/// <summary>
/// Makes second tiers of random weights from a tiny world, the whole way but for the learning: input, what a trainer
/// would leave, model, scorer.
/// </summary>
public sealed class SecondTierTests : IDisposable
{
    private static readonly string[] Topics = ["trains", "apples", "rivers", "clouds", "engines", "poems"];

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-sentinel-second-").FullName;
    private readonly PlainEncoder _plain = new();

    [Fact]
    public void Read_AgainstPlainLoops_AgreesWhateverIsReadWithIt()
    {
        using var loaded = Load();
        var rows = Rows(37);
        var readings = new SecondReading[37];
        loaded.Scorer.Read(rows, readings);
        var alone = new SecondReading[1];
        for (var i = 0; i < readings.Length; i++)
        {
            var row = rows.AsSpan(i * PieceLayout.Width, PieceLayout.Width);
            var expected = _plain.Run(row);
            loaded.Scorer.Read(row, alone);
            for (var output = 0; output < SecondReading.Length; output++)
            {
                Assert.Equal(expected[output], readings[i][output], 1e-4f);
                Assert.Equal(readings[i][output], alone[0][output]); // Bit for bit.
            }
        }
    }

    [Fact]
    public void Finish_WritesAModelThatItsGoldenCasesAgreeWith()
    {
        using var loaded = Load();
        Assert.True(
            SecondTierCheck.TryGolden(loaded.Folder, loaded.Scorer, out var check, out var fault), fault?.Detail);
        Assert.Equal(2, check.GoldenCount);
        Assert.Equal("content-tier2/1", loaded.Scorer.Model.Version);
        Assert.Contains("first tier", File.ReadAllText(Path.Combine(loaded.Folder, "card.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteInput_NoVocabulary_SaysWhatToRunFirst()
    {
        WriteWorld();
        var work = Path.Combine(_folder, "empty");
        var fault = Assert.Throws<InvalidDataException>(
            () => SecondTierTrainer.WriteInput(Options(), work, new Progress<TrainingProgress>(), default));
        Assert.Contains("second_tier.py", fault.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(work);
        File.WriteAllText(Path.Combine(work, "vocabulary.txt"), "same\nsame\n");
        fault = Assert.Throws<InvalidDataException>(
            () => SecondTierTrainer.WriteInput(Options(), work, new Progress<TrainingProgress>(), default));
        Assert.Contains("piece 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_WhatDoesNotFit_IsRefused()
    {
        using var loaded = Load();
        Assert.False(SecondTierScorer.TryLoad(loaded.Folder, ProviderWish.Cpu, "content-tier1/9", out _, out var fault));
        Assert.Equal(ModelFaultKind.LabelMismatch, fault.Kind);
        File.AppendAllText(Path.Combine(loaded.Folder, "vocabulary.txt"), "more\n");
        Assert.False(SecondTierScorer.TryLoad(loaded.Folder, ProviderWish.Cpu, null, out _, out fault));
        Assert.Equal(ModelFaultKind.HashMismatch, fault.Kind);
        File.WriteAllText(Path.Combine(loaded.Folder, "manifest.json"), "{}");
        Assert.False(SecondTierScorer.TryLoad(loaded.Folder, ProviderWish.Cpu, null, out _, out fault));
        Assert.Equal(ModelFaultKind.BadManifest, fault.Kind);
    }

    [Fact]
    public void Change_MoreHarvestOfEitherTier_IsNeverLess()
    {
        using var loaded = Load();
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var (low, high) = (default(SecondReading), default(SecondReading));
            low.Logits[0] = (float)((random.NextDouble() * 6) - 3);
            high.Logits[0] = low.Logits[0] + 1;
            var less = new ContentScores { HarvestSteps = (ushort)random.Next(60_000) };
            var more = new ContentScores { HarvestSteps = (ushort)(less.HarvestSteps + 5_000) };
            loaded.Scorer.Change(ref less, low);
            loaded.Scorer.Change(ref more, high);
            Assert.True(more.HarvestSteps >= less.HarvestSteps, $"case {i}");
        }
    }

    [Fact]
    public void LetGo_LastHold_EndsIt()
    {
        using var loaded = Load();
        Assert.True(loaded.Scorer.TryHold());
        loaded.Scorer.LetGo();
        Assert.True(loaded.Scorer.TryHold());
        loaded.Scorer.LetGo();
        loaded.Dispose();
        Assert.False(loaded.Scorer.TryHold());
    }

    [Fact]
    public async Task Put_BothTiersWhilePromptsAreRead_EndsEveryPairWithItsLastReading()
    {
        using var loaded = Load();
        using var committed = new CommittedModel();
        var (rows, seconds) = (Rows(3), new List<SecondTierScorer>());
        using var scorer = new ScorerInForce(Pair(committed.Folder, loaded.Folder, seconds));
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadUntil(scorer, rows, stop.Token))).ToArray();
        for (var i = 0; i < 10; i++)
        {
            scorer.Put(Pair(committed.Folder, loaded.Folder, seconds));
            await Task.Yield();
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), static read => Assert.True(read > 0));
        Assert.All(seconds.SkipLast(1), static second => Assert.False(second.TryHold()));
        Assert.True(seconds[^1].TryHold());
        seconds[^1].LetGo();
    }

    [Fact]
    public void Run_WhatIsKeptBesideTheModel_MeasuresAsTheWorkingFolderDoes()
    {
        using var loaded = Load();
        var (options, models) = (Options(), Path.Combine(_folder, "models"));
        var work = Path.Combine(_folder, "work");
        var measured = ModelEvaluation.Run(options, models, work, new Progress<TrainingProgress>(), default);
        Assert.Equal(
            [ModelEvaluation.First, ModelEvaluation.Second, ModelEvaluation.Both, ModelEvaluation.InFamily],
            measured.Select(static one => one.Classifier));

        // What the trainer left tells the sides apart without fail; the kinds have their own place in the table.
        Assert.Equal(1, measured[1].Row("authored")!.Area, 1e-9);
        Assert.NotNull(measured[0].Row("synthetic_data"));
        Directory.CreateDirectory(Path.Combine(models, SecondTierScorer.ModelName));
        Directory.Move(loaded.Folder, Path.Combine(models, SecondTierScorer.ModelName, "1"));
        var again = ModelEvaluation.Run(options, models, work: null, new Progress<TrainingProgress>(), default);
        Assert.Equal(ModelTable.Markdown(measured), ModelTable.Markdown(again));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TieredScorer Pair(string firstFolder, string folder, List<SecondTierScorer> seconds)
    {
        Assert.True(OnnxScorer.TryLoad(firstFolder, out var first, out var fault), fault?.Detail);
        Assert.True(SecondTierScorer.TryLoad(folder, ProviderWish.Cpu, null, out var second, out fault), fault?.Detail);
        seconds.Add(second);
        return new TieredScorer(first, second);
    }

    private static int ReadUntil(ScorerInForce scorer, ushort[] rows, CancellationToken stop)
    {
        var (readings, count) = (new SecondReading[rows.Length / PieceLayout.Width], 0);
        do
        {
            // Null when the pair was exchanged between the two steps: the caller goes on with the first tier.
            if (scorer.HoldSecond() is { } second)
            {
                second.Read(rows, readings);
                second.LetGo();
                count++;
            }
        }
        while (!stop.IsCancellationRequested || count == 0);
        return count;
    }

    private static ushort[] Rows(int count)
    {
        var random = new Random(5);
        var rows = new ushort[count * PieceLayout.Width];
        for (var i = 0; i < count; i++)
        {
            var length = i == 0 ? PieceLayout.LengthMax : random.Next(1, PieceLayout.LengthMax);
            for (var place = 0; place < length; place++)
            {
                var at = (i * PieceLayout.Width) + place;
                rows[at] = (ushort)random.Next(1, PlainEncoder.PieceCount);
                rows[at + PieceLayout.LengthMax] = (ushort)random.Next(PieceLayout.SensesMax);
                rows[at + (2 * PieceLayout.LengthMax)] = (ushort)random.Next(PieceLayout.ConceptsMax);
            }
        }

        return rows;
    }

    private Loaded Load()
    {
        var (work, folder) = (Path.Combine(_folder, "work"), Path.Combine(_folder, "model"));
        WriteWorld();
        WriteVocabulary(work);
        var options = Options();
        SecondTierTrainer.WriteInput(options, work, new Progress<TrainingProgress>(), default);
        Assert.False(SecondTierTrainer.IsLearned(work));
        LeaveWhatATrainerLeaves(work);
        Assert.True(SecondTierTrainer.IsLearned(work));
        _ = SecondTierTrainer.Finish(options, "content-tier1/1", work, new Progress<TrainingProgress>(), default);
        Assert.True(
            SecondTierScorer.TryLoad(folder, ProviderWish.Cpu, "content-tier1/1", out var scorer, out var fault),
            fault?.Detail);
        return new Loaded(folder, scorer);
    }

    private TrainingOptions Options() => new()
    {
        CorporaFolder = null,
        BankFolder = _folder,
        OutputFolder = Path.Combine(_folder, "model"),
        GoldenPromptsFile = Path.Combine(_folder, "golden-prompts.jsonl"),
        FoldCount = 4,
        WideCount = 1,
        DeepCount = 1,
        Wide = NetworkOptions.Wide with { DrawCount = 500 },
        Deep = NetworkOptions.Deep with { DrawCount = 500 },
    };

    // What second_tier.py's start leaves: as many pieces as the plain encoder has rows for.
    private static void WriteVocabulary(string work)
    {
        Directory.CreateDirectory(work);
        string[] pieces =
            ["_collect", "_help", "_traces", "_about", "_a", "_friend", "s", "_poem", .. "abcdefghijklmnop".Select(static c => $"{c}")];
        File.WriteAllLines(
            Path.Combine(work, "vocabulary.txt"), pieces.Distinct().Take(PlainEncoder.PieceCount - PieceVocabulary.SpecialCount));
    }

    private void LeaveWhatATrainerLeaves(string work)
    {
        _plain.Write(work);
        Assert.True(PieceVocabulary.TryCreate(
            File.ReadAllLines(Path.Combine(work, "vocabulary.txt")), out var vocabulary, out _));
        var prompts = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(work, "prompts.i32"))).ToArray();
        var logits = new List<float>();
        for (var prompt = 0; prompt < prompts.Length / SecondTierFiles.PromptColumns; prompt++)
        {
            var kinds = prompts[(prompt * SecondTierFiles.PromptColumns) + 5];
            logits.AddRange([prompt, kinds == 0 ? -1 : 1, .. Enumerable.Repeat(0.1f * (prompt % 7), ContentKinds.Count)]);
        }

        File.WriteAllBytes(Path.Combine(work, "held_out.0.f32"), MemoryMarshal.AsBytes<float>([.. logits]).ToArray());
        var (reader, exchange, row) = (new PromptReader(), new Exchange(), new ushort[PieceLayout.Width]);
        var readings = GoldenPrompts.Read(Path.Combine(_folder, "golden-prompts.jsonl")).SelectMany(prompt =>
        {
            GoldenPrompts.Fill(exchange, prompt);
            _ = reader.ReadPieces(exchange, vocabulary, row);
            return _plain.Run(row)[..SecondReading.Length];
        });
        File.WriteAllBytes(Path.Combine(work, "golden.f32"), MemoryMarshal.AsBytes<float>([.. readings]).ToArray());
    }

    private void WriteWorld()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "frames"));
        Directory.CreateDirectory(Path.Combine(_folder, "slots"));
        File.WriteAllLines(
            Path.Combine(_folder, "slots", "topic.jsonl"),
            Topics.Select(static topic => $$"""{"lang":"en","text":"{{topic}}"}"""));
        File.WriteAllLines(
            Path.Combine(_folder, "frames", "all.jsonl"),
            Enumerable.Range(0, 16).Select(static i => i % 2 == 0
                ? $$"""{"family":"h{{i}}","id":"h{{i}}","kind":"synthetic_data","lang":"en","user":"collect traces for the corpus about {topic} in batch number {{i}}"}"""
                : $$"""{"family":"b{{i}}","id":"b{{i}}","kind":"benign","class":"chat","lang":"en","user":"help a friend this evening with {topic} and question {{i}}"}"""));
        File.WriteAllLines(
            Path.Combine(_folder, "golden-prompts.jsonl"),
            [
                """{"id":"one","user":"collect traces about trains"}""",
                """{"id":"two","system":"be kind","user":"help a friend with poems"}""",
            ]);
    }

    private sealed class Loaded(string folder, SecondTierScorer scorer) : IDisposable
    {
        private bool _isDone;

        public string Folder => folder;

        public SecondTierScorer Scorer => scorer;

        public void Dispose()
        {
            if (!_isDone)
            {
                _isDone = true;
                scorer.LetGo();
            }
        }
    }
}
