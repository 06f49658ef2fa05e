using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>What a ruling rests on.</summary>
public enum RulingBasis : byte
{
    /// <summary>A reviewer's judgement.</summary>
    Review,

    /// <summary>A declared workload that was verified: an evaluation suite, a gateway, an agent of a build.</summary>
    VerifiedWorkload,
}

/// <summary>What a reviewer decided; it outranks every verdict until it expires.</summary>
/// <param name="Id">Names the ruling.</param>
/// <param name="Key">Whom or what it is on.</param>
/// <param name="Action">What to answer.</param>
/// <param name="ExpiresAt">Until when, or null for as long as it stands.</param>
public sealed record Ruling(string Id, RulingKey Key, DecisionAction Action, DateTimeOffset? ExpiresAt)
{
    /// <summary>What it rests on.</summary>
    public RulingBasis Basis { get; init; }

    /// <summary>By which an answer names it.</summary>
    internal string DecisionId { get; } = $"ruling-{Id}";

    /// <summary>Whether it counts at a time.</summary>
    public bool IsInForce(DateTimeOffset now) => ExpiresAt is null || now < ExpiresAt;

    /// <summary>
    /// Whether it holds over another one on a key that is more specific: one that allows over any other, and what people
    /// decided over a verified workload.
    /// </summary>
    internal bool Outranks([NotNullWhen(false)] Ruling? moreSpecific) =>
        moreSpecific is null || Rank > moreSpecific.Rank;

    private int Rank => Basis == RulingBasis.VerifiedWorkload ? 0 : Action == DecisionAction.Allow ? 2 : 1;

    /// <summary>Reads a record of the compacted topic (ruling.v1). Fields that are not known are passed over.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out Ruling? ruling)
    {
        ruling = null;
        try
        {
            using var document = JsonDocument.Parse(value);
            var json = document.RootElement;
            var action = WireNames.Actions.IndexOf(json.GetProperty("action").GetString() ?? "");
            if (action < 0 || json.GetProperty("ruling_id").GetString() is not { Length: > 0 } id
                || !TryReadKey(json, out var key) || !TryReadBasis(json, out var basis))
            {
                return false;
            }

            var expires = json.TryGetProperty("expires_at", out var time) && time.ValueKind != JsonValueKind.Null
                ? time.GetDateTimeOffset()
                : (DateTimeOffset?)null;
            ruling = new Ruling(id, key, (DecisionAction)action, expires) { Basis = basis };
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            return false;
        }
    }

    /// <summary>As a record of the compacted topic (ruling.v1).</summary>
    public byte[] ToRecord()
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("ruling_id", Id);
            if (Key.Kind == KeyKind.Account)
            {
                json.WriteString("account_id", Key.Text);
            }
            else
            {
                json.WriteStartObject("subject");
                json.WriteString("kind", RulingKey.Names[(int)Key.Kind]);
                json.WriteString("id", Key.Text);
                json.WriteEndObject();
            }

            json.WriteString("basis", Basis == RulingBasis.VerifiedWorkload ? "verified_workload" : "review");
            json.WriteString("action", WireNames.Of(Action));
            if (ExpiresAt is { } expires)
            {
                json.WriteString("expires_at", expires);
            }

            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    // An account by its old name, or anything by kind and id.
    private static bool TryReadKey(JsonElement json, out RulingKey key)
    {
        if (!json.TryGetProperty("subject", out var subject))
        {
            return RulingKey.TryOf(
                RulingKey.Names[(int)KeyKind.Account], json.GetProperty("account_id").GetString(), out key);
        }

        return RulingKey.TryOf(subject.GetProperty("kind").GetString(), subject.GetProperty("id").GetString(), out key);
    }

    private static bool TryReadBasis(JsonElement json, out RulingBasis basis)
    {
        basis = RulingBasis.Review;
        if (!json.TryGetProperty("basis", out var name))
        {
            return true;
        }

        basis = name.GetString() == "verified_workload" ? RulingBasis.VerifiedWorkload : RulingBasis.Review;
        return basis == RulingBasis.VerifiedWorkload || name.GetString() == "review";
    }
}
