using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Testing;

/// <summary>
/// Finds harvesting in prompts that contain the word <see cref="Marker"/>, and a little something in all others.
/// Remembers how rows were batched.
/// </summary>
public sealed class FakeScorer : IScorer
{
    /// <summary>The word that makes a prompt abusive.</summary>
    public const string Marker = "zyzzogeton";

    private readonly HashSet<int> _marks;
    private readonly List<int> _batches = [];

    /// <summary>A scorer that knows its marker.</summary>
    public FakeScorer()
    {
        _marks = [.. FeaturesOf(Marker).Except(FeaturesOf("hello")).Where(id => id != 0)];
        Model = new ScoringModel(ModelVersion, Tier, Reference);
    }

    /// <inheritdoc/>
    public string ModelVersion => "fake/1";

    /// <inheritdoc/>
    public int Tier => 1;

    /// <inheritdoc/>
    public BenignReference Reference { get; } = new([0, 20_000, 40_000, 60_000], [1, 0.05, 0.01, 0.00001], 0.00001);

    /// <summary>What the next batch is said to be scored by.</summary>
    public ScoringModel Model { get; set; }

    /// <summary>Called before each batch.</summary>
    public Action BeforeScore { get; set; } = static () => { };

    /// <summary>Rows of each batch, in ascending order: workers take turns as they like.</summary>
    public int[] Batches
    {
        get
        {
            lock (_batches)
            {
                return [.. _batches.Order()];
            }
        }
    }

    /// <inheritdoc/>
    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        BeforeScore();
        for (var row = 0; row < batch.RowCount; row++)
        {
            var isHarvest = batch.Row(row).IndexOfAny([.. _marks]) >= 0;
            scores[row] = new ContentScores { HarvestSteps = isHarvest ? (ushort)64_000 : (ushort)1_000 };
            scores[row].KindSteps[(int)ContentKind.SyntheticData] = scores[row].HarvestSteps;
        }

        lock (_batches)
        {
            _batches.Add(batch.RowCount);
        }

        return Model;
    }

    private static int[] FeaturesOf(string prompt)
    {
        var exchange = new Exchange();
        exchange.Clear();
        var length = Encoding.UTF8.GetBytes(prompt, exchange.ReserveText(256));
        exchange.CommitSegment(SegmentRole.User, length);
        var row = new int[FeatureLayout.Width];
        new PromptReader().Read(exchange, new Reading(), row);
        return row;
    }
}
