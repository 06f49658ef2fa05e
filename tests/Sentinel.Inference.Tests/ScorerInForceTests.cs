using System.Collections.Concurrent;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Xunit.Abstractions;

namespace Sentinel.Inference.Tests;

/// <summary>Alone: resident memory is the whole process's.</summary>
[CollectionDefinition(nameof(ScorerInForceTests), DisableParallelization = true)]
public sealed class AloneAfterAllOthers;

[Collection(nameof(ScorerInForceTests))]
public sealed class ScorerInForceTests(ITestOutputHelper told)
{
    private const int SwapCount = 100;
    private const int BatchRows = 128;

    [Fact]
    public async Task Put_WhileABatchIsScored_WaitsForItBeforeItDisposes()
    {
        using var first = new SlowScorer("slow/1");
        using var inForce = new ScorerInForce(first);
        var batch = Task.Run(() => inForce.Score(new FeatureBatch(1) { RowCount = 1 }, new ContentScores[1]));
        await first.Begun.Task;
        using var second = new SlowScorer("slow/2");
        second.MayEnd.SetResult();
        inForce.Put(second);
        Assert.Equal("slow/2", inForce.ModelVersion);
        Assert.Equal("slow/2", inForce.Score(new FeatureBatch(1) { RowCount = 1 }, new ContentScores[1]).Version);
        Assert.Equal(0, first.DisposeCount);
        first.MayEnd.SetResult();
        Assert.Equal("slow/1", (await batch).Version);
        Assert.Equal(1, first.DisposeCount);
        Assert.Equal(0, second.DisposeCount);
        inForce.Dispose();
        inForce.Dispose();
        Assert.Equal(1, second.DisposeCount);
        Assert.Throws<ObjectDisposedException>(
            () => inForce.Score(new FeatureBatch(1) { RowCount = 1 }, new ContentScores[1]));
    }

    [Fact]
    public async Task Put_ManyTimesUnderManyThreads_KeepsEveryBatchWithOneVersion()
    {
        var made = new ConcurrentBag<FilledScorer>();
        FilledScorer Make(int number)
        {
            var scorer = new FilledScorer((ushort)number);
            made.Add(scorer);
            return scorer;
        }

        using (var inForce = new ScorerInForce(Make(0)))
        {
            using var stop = new CancellationTokenSource();
            using var begun = new CountdownEvent(4);
            var workers = Enumerable.Range(0, begun.InitialCount)
                .Select(_ => Task.Run(() => ScoreUntil(inForce, begun, stop.Token)))
                .ToArray();
            begun.Wait();
            Parallel.For(1, 5_000, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => inForce.Put(Make(i)));
            await stop.CancelAsync();
            await Task.WhenAll(workers); // Throws what a batch met.
        }

        Assert.Equal(5_000, made.Count);
        Assert.All(made, static scorer => Assert.Equal(1, scorer.DisposeCount));
    }

    [Fact]
    public async Task Put_HundredModelsWhileBatchesRun_LosesNoneAndKeepsMemoryFlat()
    {
        var folder = ModelFolder.Newest(ModelFolder.Find(null, AppContext.BaseDirectory)!, ModelFolder.Tier1Name)!;
        var batch = RandomBatch();
        var expected = new ContentScores[BatchRows];
        var first = Load(folder);
        first.Score(batch, expected);
        using var inForce = new ScorerInForce(first);
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => ScoreSameUntil(inForce, batch, expected, stop.Token)))
            .ToArray();
        var resident = new List<long>();
        for (var swap = 1; swap <= SwapCount; swap++)
        {
            inForce.Put(Load(folder));
            if (swap % 10 == 0)
            {
                resident.Add(ResidentBytes());
            }
        }

        await stop.CancelAsync();
        var batches = await Task.WhenAll(workers); // Throws what a batch met.
        Assert.All(batches, static count => Assert.True(count >= SwapCount / 10));

        // A version takes some 20 MiB: 70 of them left behind would be 1.4 GiB.
        told.WriteLine(
            $"MiB resident after every tenth swap: {string.Join(' ', resident.Select(static bytes => bytes >> 20))}; "
            + $"{string.Join(" and ", batches)} batches");
        var (early, late) = (resident[..3].Max(), resident[^3..].Min());
        Assert.True(late - early < 64 << 20, $"{early >> 20} MiB in the first 30 swaps, {late >> 20} in the last");
    }

    // What is left once the collector has been everywhere: garbage of the loading comes and goes by the hundred MiB.
    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    private static OnnxScorer Load(string folder)
    {
        Assert.True(OnnxScorer.TryLoad(folder, out var scorer, out var fault), fault?.Detail);
        return scorer!;
    }

    private static long ScoreSameUntil(
        ScorerInForce scorer, FeatureBatch batch, ContentScores[] expected, CancellationToken stop)
    {
        var (count, scores) = (0L, new ContentScores[batch.RowCount]);
        while (!stop.IsCancellationRequested)
        {
            Array.Clear(scores);
            scorer.Score(batch, scores);
            for (var row = 0; row < scores.Length; row++)
            {
                Assert.Equal(expected[row].HarvestSteps, scores[row].HarvestSteps);
                Assert.True(expected[row].Embedding.SequenceEqual(scores[row].Embedding));
            }

            count++;
            Thread.Yield();
        }

        return count;
    }

    private static void ScoreUntil(ScorerInForce scorer, CountdownEvent begun, CancellationToken stop)
    {
        var batch = new FeatureBatch(16) { RowCount = 16 };
        var scores = new ContentScores[16];
        for (var count = 0; !stop.IsCancellationRequested; count++)
        {
            if (count == 1)
            {
                begun.Signal();
            }

            var version = scorer.Score(batch, scores).Version;
            Assert.All(scores, score => Assert.Equal(version, $"filled/{score.HarvestSteps}"));
        }
    }

    private static FeatureBatch RandomBatch()
    {
        var random = new Random(5);
        var batch = new FeatureBatch(BatchRows) { RowCount = BatchRows };
        for (var row = 0; row < BatchRows; row++)
        {
            var cells = batch.Row(row)[..random.Next(1, FeatureLayout.Width)];
            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = random.Next(1, FeatureLayout.BucketCount);
            }
        }

        return batch;
    }

    /// <summary>Ends a batch when it is told to.</summary>
    private sealed class SlowScorer(string version) : IScorer, IDisposable
    {
        private readonly ScoringModel _model = new(version, 1, new BenignReference([0], [1], 0.5));

        public TaskCompletionSource Begun { get; } = new();

        public TaskCompletionSource MayEnd { get; } = new();

        public int DisposeCount { get; private set; }

        public string ModelVersion => _model.Version;

        public int Tier => _model.Tier;

        public BenignReference Reference => _model.Reference;

        public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
        {
            Begun.TrySetResult();
            MayEnd.Task.Wait();
            Assert.Equal(0, DisposeCount);
            return _model;
        }

        public void Dispose() => DisposeCount++;
    }

    /// <summary>Writes its own number into every score, and must not be asked once it is disposed of.</summary>
    private sealed class FilledScorer(ushort number) : IScorer, IDisposable
    {
        private static readonly BenignReference Innocent = new([0], [1], 0.5);

        private readonly ScoringModel _model = new($"filled/{number}", 1, Innocent);
        private int _disposeCount;

        public int DisposeCount => Volatile.Read(ref _disposeCount);

        public string ModelVersion => _model.Version;

        public int Tier => _model.Tier;

        public BenignReference Reference => Innocent;

        public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
        {
            foreach (ref var score in scores[..batch.RowCount])
            {
                score.HarvestSteps = number;
            }

            Assert.Equal(0, DisposeCount);
            return _model;
        }

        public void Dispose() => Interlocked.Increment(ref _disposeCount);
    }
}
