using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Tests.Robustness;

/// <summary>From a line of input to its scores, as a worker goes. Owned by one test at a time.</summary>
internal sealed class RealPath(OnnxScorer scorer)
{
    private readonly PromptReader _reader = new();
    private readonly Exchange _exchange = new();
    private readonly FeatureBatch _batch = new(1) { RowCount = 1 };
    private readonly ContentScores[] _scores = new ContentScores[1];

    /// <summary>What the last line's text was read as.</summary>
    public Reading Reading { get; } = new();

    /// <summary>The last line's scores.</summary>
    public ContentScores Scores => _scores[0];

    /// <summary>A line of <c>exchange.v1</c>.</summary>
    public static byte[] Line(string? system, string user) => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, object?>
        {
            ["event_id"] = "e",
            ["occurred_at"] = "2026-11-01T00:00:00Z",
            ["account"] = new { id = "a" },
            ["request"] = new { model = "m", system, messages = new[] { new { role = "user", content = user } } },
            ["response"] = new { status = 200 },
        });

    /// <summary>Decodes, reads and scores; false where the decoder refuses the line.</summary>
    public bool TryScore(ReadOnlySpan<byte> line, out DecodeFault fault)
    {
        if (!ExchangeDecoder.TryDecode(line, _exchange, out fault))
        {
            return false;
        }

        _reader.Read(_exchange, Reading, _batch.Row(0));
        scorer.Score(_batch, _scores);
        return true;
    }

    /// <summary>The harvest score of a prompt.</summary>
    public float Harvest(string? system, string user)
    {
        Assert.True(TryScore(Line(system, user), out var fault), fault.ToString());
        return Scores.Harvest;
    }
}
