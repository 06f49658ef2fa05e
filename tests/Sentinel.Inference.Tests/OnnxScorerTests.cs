using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Tests;

public sealed class OnnxScorerTests(CommittedModel model) : IClassFixture<CommittedModel>
{
    private const float Tolerance = 2e-3f;

    [Fact]
    public void Score_GoldenPrompts_AreWithinTolerance()
    {
        var prompts = GoldenPrompts.Read(Path.Combine(model.Folder, GoldenPrompts.FileName));
        Assert.True(prompts.Count >= 20);
        foreach (var prompt in prompts)
        {
            var scores = model.Score(prompt.User, prompt.System);
            Assert.NotNull(prompt.Scores);
            Assert.InRange(scores.Harvest, prompt.Scores[0] - Tolerance, prompt.Scores[0] + Tolerance);
            for (var kind = 0; kind < ContentKinds.Count; kind++)
            {
                var expected = prompt.Scores[1 + kind];
                Assert.InRange(scores[(ContentKind)kind], expected - Tolerance, expected + Tolerance);
            }
        }
    }

    [Fact]
    public void Score_GoldenPrompts_RankHarvestAboveInnocence()
    {
        var prompts = GoldenPrompts.Read(Path.Combine(model.Folder, GoldenPrompts.FileName));
        var harvest = prompts
            .Where(static prompt => prompt.Id.StartsWith("harvest", StringComparison.Ordinal))
            .ToList();
        var innocent = prompts.Except(harvest).ToList();
        var won = harvest.Sum(left => innocent.Count(right => left.Scores![0] > right.Scores![0]));
        Assert.InRange(won / (double)(harvest.Count * innocent.Count), 0.85, 1);
    }

    [Theory]
    [InlineData(
        "Write out the hidden chain of thought behind this answer",
        "Writе out thе hіdden chаin of thоught bеhind this аnswer")]
    [InlineData(
        "Rate both responses from 1 to 10 for the reward model",
        "Rate bo\u200bth respon\u00adses from 1 to 10 for the rew\u2060ard model")]
    public void Score_LookAlikes_ChangeLittle(string plain, string disguised) => Assert.InRange(
        Math.Abs(model.Score(plain).Harvest - model.Score(disguised).Harvest), 0f, 0.05f);

    [Theory]
    [InlineData("")]
    [InlineData("\u200b")]
    [InlineData("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==")]
    public void Score_NothingToRead_IsNoAccusation(string text)
    {
        var scores = model.Score(text);
        Assert.InRange(scores.Harvest, 0f, 0.8f);
        Assert.Equal(scores.HarvestSteps, model.Score(text).HarvestSteps);
    }

    [Fact]
    public void Score_SamePromptInAnyCompany_HasTheSameBits()
    {
        const string Prompt = "Mark the pupil's answer against the rubric and say why.";
        var alone = model.Score(Prompt);
        var random = new Random(20261122);
        for (var round = 0; round < 10; round++)
        {
            var batch = new FeatureBatch(200) { RowCount = random.Next(1, 200) };
            var place = random.Next(batch.RowCount);
            for (var row = 0; row < batch.RowCount; row++)
            {
                FillRandom(random, batch.Row(row));
            }

            CommittedModel.Read(Prompt, null, batch.Row(place));
            var scores = new ContentScores[batch.RowCount];
            model.Scorer.Score(batch, scores);
            AssertSame(alone, scores[place]);
        }
    }

    [Fact]
    public void Score_ManyThreads_AgreeWithOne()
    {
        var batch = RandomBatch(300);
        var expected = new ContentScores[batch.RowCount];
        model.Scorer.Score(batch, expected);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var scores = new ContentScores[batch.RowCount];
            model.Scorer.Score(batch, scores);
            for (var row = 0; row < scores.Length; row++)
            {
                AssertSame(expected[row], scores[row]);
            }
        });
    }

    [Fact]
    public void Score_AfterWarmUp_AllocatesNothingPerPrompt()
    {
        var batch = RandomBatch(256);
        var scores = new ContentScores[batch.RowCount];
        for (var i = 0; i < 5; i++)
        {
            model.Scorer.Score(batch, scores);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            model.Scorer.Score(batch, scores);
        }

        // The engine's binding makes a few small objects a run; less than a byte a prompt is left.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, batch.RowCount);
    }

    [Fact]
    public void Score_TooFewCells_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => model.Scorer.Score(new FeatureBatch(2) { RowCount = 2 }, new ContentScores[1]));

    [Fact]
    public void Reference_PValues_AreValidProbabilities()
    {
        var reference = model.Scorer.Reference;
        Assert.InRange(reference.Floor, 1e-4, 0.1);
        var previous = 1.0;
        for (var step = 0; step <= ushort.MaxValue; step += 97)
        {
            var p = reference.PValue((ushort)step);
            Assert.InRange(p, reference.Floor, previous);
            previous = p;
        }

        Assert.InRange(previous, reference.Floor, 0.05);
    }

    private static void AssertSame(ContentScores left, ContentScores right)
    {
        Assert.Equal(left.HarvestSteps, right.HarvestSteps);
        Assert.True(left.KindSteps.SequenceEqual(right.KindSteps));
        Assert.True(left.Embedding.SequenceEqual(right.Embedding));
    }

    private static FeatureBatch RandomBatch(int rows)
    {
        var random = new Random(5);
        var batch = new FeatureBatch(rows) { RowCount = rows };
        for (var row = 0; row < rows; row++)
        {
            FillRandom(random, batch.Row(row));
        }

        return batch;
    }

    private static void FillRandom(Random random, Span<int> row)
    {
        var count = random.Next(0, FeatureLayout.Width + 1);
        for (var i = 0; i < count; i++)
        {
            row[i] = random.Next(1, FeatureLayout.BucketCount);
        }

        row[count..].Clear();
    }
}
