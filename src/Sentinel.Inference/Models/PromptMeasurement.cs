// Speeds are of one thread by the wall clock; the best of several short rounds is what a core does that nothing else is
// on, the mean what it did.
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Models;

/// <summary>Speed of one step on one core.</summary>
/// <param name="Step">What was measured.</param>
/// <param name="PromptsPerSecondMax">In the best round.</param>
/// <param name="PromptsPerSecond">Over all rounds.</param>
/// <param name="BytesPerPrompt">Bytes allocated.</param>
public sealed record StepSpeed(string Step, double PromptsPerSecondMax, double PromptsPerSecond, double BytesPerPrompt);

/// <summary>
/// Measures reading and scoring on prompts of 1 KiB, each another one, made of the words of the model's golden cases.
/// </summary>
public sealed class PromptMeasurement
{
    /// <summary>Bytes of a prompt.</summary>
    public const int PromptBytes = 1024;

    // As many prompts as do not stay in the processor's nearest memory, and rows as a chunk of lines has.
    private const int PromptCount = 2048;
    private const int BatchRows = 256;
    private const int Seed = 20261122;
    private const int RoundCount = 10;

    private readonly IScorer _scorer;
    private readonly TimeProvider _clock;
    private readonly Exchange[] _prompts;
    private readonly Reading _reading = new();
    private readonly PromptReader _reader = new();
    private readonly FeatureBatch _batch = new(BatchRows) { RowCount = BatchRows };
    private readonly ContentScores[] _scores = new ContentScores[BatchRows];

    /// <summary>Makes the prompts.</summary>
    /// <param name="folder">The model's folder, whose golden cases give the words.</param>
    /// <param name="scorer">The scorer.</param>
    /// <param name="clock">Times rounds.</param>
    public PromptMeasurement(string folder, IScorer scorer, TimeProvider clock)
    {
        (_scorer, _clock) = (scorer, clock);
        _prompts = MakePrompts(folder, PromptCount);
        ReadAndScore();
    }

    /// <summary>Prompts of <see cref="PromptBytes"/>, each another one, of the words of a model's golden cases.</summary>
    internal static Exchange[] MakePrompts(string folder, int count)
    {
        string[] words = [.. GoldenPrompts.Read(Path.Combine(folder, GoldenPrompts.FileName))
            .SelectMany(static prompt => $"{prompt.System} {prompt.User}".Split(' '))
            .Where(static word => word.Length > 0)];
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(_ => Make(words, random))];
    }

    /// <summary>Measures reading alone, scoring alone and both, each for some time.</summary>
    public IEnumerable<StepSpeed> Run(TimeSpan time, CancellationToken cancel)
    {
        yield return Measure("read", Read, time, cancel);
        yield return Measure("score", Score, time, cancel);
        yield return Measure("read and score", ReadAndScore, time, cancel);
    }

    private StepSpeed Measure(string step, Action pass, TimeSpan time, CancellationToken cancel)
    {
        // A fifth of the time first, unmeasured: the runtime compiles hot methods again with what it has seen.
        Round(pass, time / 5, cancel, out _);
        var (best, prompts, took, bytes) = (0.0, 0L, TimeSpan.Zero, 0L);
        for (var round = 0; round < RoundCount; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var count = Round(pass, time / RoundCount, cancel, out var elapsed);
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            prompts += count;
            took += elapsed;
            best = Math.Max(best, count / elapsed.TotalSeconds);
        }

        return new StepSpeed(step, best, prompts / took.TotalSeconds, bytes / (double)prompts);
    }

    private long Round(Action pass, TimeSpan time, CancellationToken cancel, out TimeSpan elapsed)
    {
        var (began, count) = (_clock.GetTimestamp(), 0L);
        do
        {
            cancel.ThrowIfCancellationRequested();
            pass();
            count += PromptCount;
            elapsed = _clock.GetElapsedTime(began);
        }
        while (elapsed < time);
        return count;
    }

    private void Read()
    {
        for (var i = 0; i < PromptCount; i++)
        {
            _reader.Read(_prompts[i], _reading, _batch.Row(i % BatchRows));
        }
    }

    private void Score()
    {
        for (var i = 0; i < PromptCount; i += BatchRows)
        {
            _scorer.Score(_batch, _scores);
        }
    }

    private void ReadAndScore()
    {
        for (var first = 0; first < PromptCount; first += BatchRows)
        {
            for (var i = 0; i < BatchRows; i++)
            {
                _reader.Read(_prompts[first + i], _reading, _batch.Row(i));
            }

            _scorer.Score(_batch, _scores);
        }
    }

    private static Exchange Make(string[] words, Random random)
    {
        var text = new StringBuilder();
        var bytes = 0;
        while (bytes < PromptBytes)
        {
            var word = words[random.Next(words.Length)];
            bytes += Encoding.UTF8.GetByteCount(word) + 1;
            text.Append(word).Append(' ');
        }

        // Cut where the last word goes over; half a character at the end is a sign that cannot be read, as in life.
        var exchange = new Exchange();
        exchange.Clear();
        Encoding.UTF8.GetBytes(text.ToString()).AsSpan(0, PromptBytes).CopyTo(exchange.ReserveText(PromptBytes));
        exchange.CommitSegment(SegmentRole.User, PromptBytes);
        return exchange;
    }
}
