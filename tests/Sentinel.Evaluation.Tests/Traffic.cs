using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Tests;

/// <summary>Builds traffic exchange by exchange, through the recorder that a run uses.</summary>
internal sealed class Traffic
{
    public const long StartMs = 1_790_000_000_000 / DayMs * DayMs;
    public const long MinuteMs = 60_000;
    public const long DayMs = 86_400_000;

    private readonly TrafficRecorder _recorder;
    private readonly List<string> _truth = [];
    private readonly HashSet<EventKey> _keywords = [];
    private int _events;

    public Traffic() => _recorder = new TrafficRecorder(_keywords.Contains);

    /// <summary>An exchange; the embedding is a direction, its first numbers given.</summary>
    public Traffic Add(
        string account, long minute, double[]? embedding = null, ulong frame = 0, ulong block = 0, ulong payment = 0,
        ushort harvest = 100, bool keyword = false)
    {
        var id = $"ev-{_events++}";
        var observation = new Observation
        {
            EventKey = EventKey.Of(Encoding.UTF8.GetBytes(id)),
            OccurredAtMs = StartMs + (minute * MinuteMs),
            IpBlockKey = block,
            PaymentKey = payment,
        };
        observation.AccountId.Set(Encoding.UTF8.GetBytes(account));
        observation.Frame.HeadAnchor = frame;
        observation.Scores.HarvestSteps = harvest;
        for (var i = 0; i < Math.Min(embedding?.Length ?? 0, ContentScores.EmbeddingLength); i++)
        {
            observation.Scores.Embedding[i] = (sbyte)Math.Clamp(Math.Round(embedding![i] * 127), -127, 127);
        }

        if (keyword)
        {
            _keywords.Add(observation.EventKey);
        }

        _recorder.Append(observation);
        return this;
    }

    /// <summary>Tells the truth about an account.</summary>
    public Traffic Is(string account, string? campaign = null, string group = "chat", string? first = null,
        string? recipe = null)
    {
        var label = campaign is null && recipe is null ? "benign" : "malicious";
        _truth.Add($$"""
            {"account_id":"{{account}}","label":"{{label}}","class":"{{group}}","campaign":{{Text(campaign)}},
            "first_malicious_event":{{Text(first)}},"recipe":{{Text(recipe)}}}
            """.ReplaceLineEndings(""));
        return this;
    }

    public (ObservedTraffic Traffic, AccountTruth[] Truth) Build()
    {
        var traffic = _recorder.Complete();
        Assert.True(GroundTruth.TryRead(_truth, out var truth, out var fault), fault);
        Assert.True(truth.TryResolve(traffic.Accounts, out var resolved, out var unknown), unknown);
        return (traffic, resolved);
    }

    private static string Text(string? value) => value is null ? "null" : $"\"{value}\"";
}
