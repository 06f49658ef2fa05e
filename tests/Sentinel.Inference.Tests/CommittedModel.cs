using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Tests;

/// <summary>The model that the repository ships, loaded once for all tests.</summary>
public sealed class CommittedModel : IDisposable
{
    public CommittedModel()
    {
        var models = ModelFolder.Find(null, AppContext.BaseDirectory);
        Assert.NotNull(models);
        Folder = ModelFolder.Newest(models, ModelFolder.Tier1Name)!;
        Assert.True(OnnxScorer.TryLoad(Folder, out var scorer, out var fault), fault?.Detail);
        Scorer = scorer!;
    }

    public string Folder { get; }

    public OnnxScorer Scorer { get; }

    public ContentScores Score(string user, string? system = null)
    {
        var batch = new FeatureBatch(1) { RowCount = 1 };
        Read(user, system, batch.Row(0));
        var scores = new ContentScores[1];
        Scorer.Score(batch, scores);
        return scores[0];
    }

    public static void Read(string user, string? system, Span<int> row)
    {
        var exchange = new Exchange();
        exchange.Clear();
        Add(exchange, SegmentRole.System, system);
        Add(exchange, SegmentRole.User, user);
        new PromptReader().Read(exchange, new Reading(), row);
    }

    public void Dispose() => Scorer.Dispose();

    private static void Add(Exchange exchange, SegmentRole role, string? text)
    {
        if (text is not null)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            _ = Encoding.UTF8.GetBytes(text, exchange.ReserveText(bytes));
            exchange.CommitSegment(role, bytes);
        }
    }
}
