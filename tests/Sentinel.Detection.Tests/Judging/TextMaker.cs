using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Observations of exchanges with texts, read as the program reads them; texts of made-up words by a seed.</summary>
internal sealed class TextMaker(int seed)
{
    private readonly Random _random = new(seed);
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly Exchange _exchange = new();
    private readonly int[] _features = new int[FeatureLayout.Width];
    private int _count;

    /// <summary>Minutes since the beginning.</summary>
    public int Minute { get; set; }

    /// <summary>A text of so many words that nobody wrote before.</summary>
    public string Words(int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => $"w{_random.Next(40_000)}"));

    /// <summary>The text with this share of its words changed.</summary>
    public string Edited(string text, double share) => string.Join(
        ' ', text.Split(' ').Select(word => _random.NextDouble() < share ? $"e{_random.Next(40_000)}" : word));

    /// <summary>An exchange of one message and its answer.</summary>
    public Observation Exchange(
        string account, string prompt, string answer, int turn = 1, string? org = null, float harvest = 0.02f)
    {
        var json = ExchangeJson.Minimal().Set("event_id", $"ev-{_count}").Set("account.id", account).Prompt(prompt)
            .Set("request.turn", turn)
            .SetRaw("response.output_sketch", "[" + string.Join(',', SketchOf(answer)) + "]");
        if (org is not null)
        {
            json.Set("account.org_id", org);
        }

        Assert.True(ExchangeDecoder.TryDecode(json.ToUtf8(), _exchange, out _));
        _reader.Read(_exchange, _reading, _features);
        var observation = new Observation();
        observation.Take(_exchange, _reading);
        observation.Offset = _count++;
        observation.OccurredAtMs += Minute * 60_000L;
        observation.Scores.HarvestSteps = ContentScores.ToSteps(harvest);
        return observation;
    }

    /// <summary>The sketch of a text.</summary>
    public static uint[] SketchOf(string text)
    {
        var sketch = new uint[MinHashSketch.Length];
        return MinHashSketch.Compute(Encoding.UTF8.GetBytes(text), sketch) ? sketch : [];
    }
}
