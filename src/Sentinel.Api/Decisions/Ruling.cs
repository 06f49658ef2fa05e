using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>What a reviewer decided of an account; it outranks every verdict until it expires.</summary>
/// <param name="Id">Names the ruling.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Action">What to answer.</param>
/// <param name="ExpiresAt">Until when, or null for as long as it stands.</param>
public sealed record Ruling(string Id, string AccountId, DecisionAction Action, DateTimeOffset? ExpiresAt)
{
    /// <summary>Whether it counts at a time.</summary>
    public bool IsInForce(DateTimeOffset now) => ExpiresAt is null || now < ExpiresAt;

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
                || json.GetProperty("account_id").GetString() is not { Length: > 0 } account)
            {
                return false;
            }

            var expires = json.TryGetProperty("expires_at", out var time) && time.ValueKind != JsonValueKind.Null
                ? time.GetDateTimeOffset()
                : (DateTimeOffset?)null;
            ruling = new Ruling(id, account, (DecisionAction)action, expires);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            return false;
        }
    }
}
