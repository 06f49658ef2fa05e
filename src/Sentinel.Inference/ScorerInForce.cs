// Every batch holds the version that it began with; whoever lets go of a version last disposes of it. So a version is
// disposed of only when it is no longer in force and its last batch is done, and no batch waits for another one.
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference;

/// <summary>
/// The classifier in force, which may be replaced while batches are scored: each is scored by one version from its
/// beginning to its end. Thread-safe; takes no lock and allocates nothing for a batch.
/// </summary>
public sealed class ScorerInForce : IScorer, IDisposable
{
    private Held? _held;

    /// <summary>Begins with a scorer, whose owner this becomes.</summary>
    public ScorerInForce(IScorer first)
    {
        ArgumentNullException.ThrowIfNull(first);
        _held = new Held(first);
    }

    /// <inheritdoc/>
    public string ModelVersion => Current.ModelVersion;

    /// <inheritdoc/>
    public int Tier => Current.Tier;

    /// <inheritdoc/>
    public BenignReference Reference => Current.Reference;

    private IScorer Current => (Volatile.Read(ref _held) ?? throw Gone()).Scorer;

    /// <inheritdoc/>
    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        var held = Hold();
        try
        {
            return held.Scorer.Score(batch, scores);
        }
        finally
        {
            held.LetGo();
        }
    }

    /// <inheritdoc/>
    public ISecondTier? HoldSecond()
    {
        var held = Hold();
        try
        {
            return held.Scorer.HoldSecond();
        }
        finally
        {
            held.LetGo();
        }
    }

    /// <summary>
    /// Puts a scorer in force, whose owner this becomes. Batches that begin from now on are scored by it; the one
    /// before is disposed of with the last batch that it still scores.
    /// </summary>
    public void Put(IScorer next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var before = Volatile.Read(ref _held) ?? throw Gone();
        var held = new Held(next);
        for (var seen = Interlocked.CompareExchange(ref _held, held, before);
            seen != before;
            seen = Interlocked.CompareExchange(ref _held, held, before))
        {
            before = seen ?? throw Gone();
        }

        before.LetGo();
    }

    /// <summary>Lets go of the scorer: it is disposed of with its last batch. No batch may begin after it.</summary>
    public void Dispose() => Interlocked.Exchange(ref _held, null)?.LetGo();

    private Held Hold()
    {
        while (true)
        {
            var held = Volatile.Read(ref _held) ?? throw Gone();
            if (held.TryHold())
            {
                return held;
            }
        }
    }

    private static ObjectDisposedException Gone() => new(nameof(ScorerInForce));

    private sealed class Held(IScorer scorer)
    {
        private readonly HoldCount _holds = new();

        public IScorer Scorer => scorer;

        public bool TryHold() => _holds.TryHold();

        public void LetGo()
        {
            if (_holds.LetGo())
            {
                (scorer as IDisposable)?.Dispose();
            }
        }
    }
}
