using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Observations by hand: what a test does not say is unknown or ordinary.</summary>
internal sealed class ObservationMaker
{
    private long _offset;

    /// <summary>Scores above 0.1 are 3 in 10 of innocent content, above 0.5 1 in 100, above 0.9 1 in 1,000.</summary>
    public static BenignReference Reference { get; } = new(
        [0, ContentScores.ToSteps(0.1f), ContentScores.ToSteps(0.5f), ContentScores.ToSteps(0.9f)],
        [1, 0.3, 0.01, 0.001],
        floor: 0.001);

    public long NowMs { get; set; } = DateTimeOffset.Parse("2026-10-05T00:00:00Z", null).ToUnixTimeMilliseconds();

    public Observation Make(
        string account,
        float harvest = 0.02f,
        ContentKind kind = ContentKind.ReasoningExtraction,
        string? frame = null,
        string? content = null,
        string? payment = null,
        string? device = null,
        string? org = null,
        string? block = null,
        string? domain = null,
        string? ja4 = null,
        float[]? direction = null,
        string[]? refs = null,
        string? refIssued = null,
        string? excerpt = null)
    {
        var observation = new Observation { Offset = _offset++, OccurredAtMs = NowMs };
        observation.EventKey = EventKey.Of(Encoding.UTF8.GetBytes($"ev-{observation.Offset}"));
        observation.AccountId.Set(Encoding.UTF8.GetBytes(account));
        observation.PaymentKey = KeyOf(payment);
        observation.DeviceKey = KeyOf(device);
        observation.OrgKey = KeyOf(org);
        observation.IpBlockKey = KeyOf(block ?? account);
        observation.IpKey = KeyOf(account + ".ip");
        observation.EmailDomainKey = KeyOf(domain ?? "mail-" + (KeyOf(account) % 8));
        observation.Ja4Key = KeyOf(ja4);
        observation.ContentKey = KeyOf(content ?? $"content-{observation.Offset}");
        observation.Frame.HeadAnchor = KeyOf(frame);
        observation.Excerpt.Set(Encoding.UTF8.GetBytes(excerpt ?? ""));
        observation.ReasoningRefIssuedKey = KeyOf(refIssued);
        observation.SetReasoningRefs((refs ?? []).Select(r => KeyOf(r)).ToArray());
        observation.Scores.HarvestSteps = ContentScores.ToSteps(harvest);
        observation.Scores.KindSteps[(int)kind] = ContentScores.ToSteps(harvest);
        var unit = direction ?? DirectionOf(account);
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            observation.Scores.Embedding[i] = (sbyte)MathF.Round(unit[i] * 127);
        }

        return observation;
    }

    /// <summary>A unit vector that belongs to the name alone.</summary>
    public static float[] DirectionOf(string name)
    {
        var random = new Random((int)(KeyHash.Of(name) & 0x7FFFFFFF));
        var unit = new float[ContentScores.EmbeddingLength];
        for (var i = 0; i < unit.Length; i++)
        {
            unit[i] = (float)(random.NextDouble() - 0.5);
        }

        var norm = MathF.Sqrt(unit.Sum(x => x * x));
        return [.. unit.Select(x => x / norm)];
    }

    private static ulong KeyOf(string? text) => text is null ? 0 : KeyHash.Of(text);
}
