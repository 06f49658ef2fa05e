// Both ways are run in turns of a fraction of a second and timed by what the processor spent on them, so that whatever
// else the machine does changes neither.
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.SecondTier;

/// <summary>Speed of the second tier on one core, beside the engine alone.</summary>
/// <param name="PromptsPerSecond">From text to logits.</param>
/// <param name="EnginePromptsPerSecond">The engine alone on the same prompts, cut before.</param>
/// <param name="BytesPerPrompt">Bytes allocated, from text to logits.</param>
public sealed record SecondTierSpeed(double PromptsPerSecond, double EnginePromptsPerSecond, double BytesPerPrompt)
{
    /// <summary>Share of the engine's speed that is left for whoever has text.</summary>
    public double Share => PromptsPerSecond / EnginePromptsPerSecond;
}

/// <summary>Measures the second tier on prompts of 1 KiB, each another one.</summary>
public sealed class SecondTierMeasurement
{
    private const int PromptCount = 64;

    private readonly SecondTierScorer _scorer;
    private readonly Exchange[] _prompts;
    private readonly PromptReader _reader = new();
    private readonly ushort[] _rows = new ushort[PromptCount * PieceLayout.Width];
    private readonly SecondReading[] _readings = new SecondReading[PromptCount];

    /// <summary>Makes the prompts and reads them once.</summary>
    public SecondTierMeasurement(SecondTierScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        _scorer = scorer;
        _prompts = PromptMeasurement.MakePrompts(scorer.Folder, PromptCount);
        ReadAll();
    }

    /// <summary>Measures both ways for some time.</summary>
    public SecondTierSpeed Run(TimeSpan time, CancellationToken cancel)
    {
        var put = PutPrompts();
        var (whole, engine, rounds, bytes) = (TimeSpan.Zero, TimeSpan.Zero, 0L, 0L);
        while (whole + engine < time)
        {
            cancel.ThrowIfCancellationRequested();
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Spent());
            ReadAll();
            whole += Spent() - began;
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            began = Spent();
            foreach (var (lane, bucket) in put)
            {
                lane.RunAlone(bucket);
            }

            engine += Spent() - began;
            rounds++;
        }

        put.ForEach(static prompt => prompt.Lane.Dispose());
        var prompts = (double)rounds * PromptCount;
        return new SecondTierSpeed(prompts / whole.TotalSeconds, prompts / engine.TotalSeconds, bytes / prompts);
    }

    // Each prompt in buffers of its own: the engine has nothing left to do but run.
    private List<(EncoderLane Lane, int Bucket)> PutPrompts()
    {
        var put = new List<(EncoderLane Lane, int Bucket)>();
        for (var i = 0; i < PromptCount; i++)
        {
            var lane = _scorer.NewLane();
            lane.Read(RowOf(i), new SecondReading[1]);
            put.Add((lane, EncoderLane.BucketOf(RowOf(i))));
        }

        return put;
    }

    private Span<ushort> RowOf(int prompt) => _rows.AsSpan(prompt * PieceLayout.Width, PieceLayout.Width);

    private static TimeSpan Spent() => Environment.CpuUsage.TotalTime;

    private void ReadAll()
    {
        for (var i = 0; i < PromptCount; i++)
        {
            _ = _reader.ReadPieces(_prompts[i], _scorer.Vocabulary, RowOf(i));
        }

        _scorer.Read(_rows, _readings);
    }
}
