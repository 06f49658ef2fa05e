using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Verdicts as records of the compacted topic: a key for each account and origin, so that the latest verdict of each
/// stays, and JSON with the fields of verdict.v1 and what names the verdict. Not thread-safe.
/// </summary>
public sealed class VerdictRecord
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>The record's key: <c>account/ID</c> or <c>campaigns/ID</c>.</summary>
    public static ReadOnlyMemory<byte> Key(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return Encoding.UTF8.GetBytes($"{WireNames.Of(verdict.Origin)}/{verdict.AccountId}");
    }

    /// <summary>The record's value; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        _buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_buffer);
        json.WriteStartObject();
        json.WriteString("account_id", verdict.AccountId);
        json.WriteString("level", WireNames.Of(verdict.Level));
        json.WriteNumber("risk", verdict.Risk);
        json.WriteString("action", WireNames.Of(verdict.Action));
        json.WriteStartArray("abuse_types");
        foreach (var type in verdict.AbuseTypes)
        {
            json.WriteStringValue(WireNames.Of(type));
        }

        json.WriteEndArray();
        json.WriteString("campaign_id", verdict.CampaignId);
        WriteTime(json, "first_flagged_at", verdict.FirstFlaggedAt);
        json.WriteNumber("exchanges_seen", verdict.ExchangesSeen);
        WriteNumber(json, "exchanges_at_flag", verdict.ExchangesAtFlag);
        WriteReasons(json, verdict.Reasons);
        json.WriteString("origin", WireNames.Of(verdict.Origin));
        json.WriteNumber("partition", verdict.Id.Partition);
        json.WriteNumber("offset", verdict.Id.Offset);
        json.WriteNumber("policy_version", verdict.Id.PolicyVersion);
        json.WriteString("model_version", verdict.ModelVersion);
        json.WriteNumber("feature_layout", verdict.FeatureLayout);
        WriteTime(json, "at", verdict.At);
        json.WriteEndObject();
        json.Flush();
        return _buffer.WrittenMemory;
    }

    /// <summary>Reads a record's value. Fields that are not known are passed over.</summary>
    /// <returns>Whether it is a verdict; false for anything else.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out Verdict? verdict)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            verdict = Read(document.RootElement);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or ArgumentOutOfRangeException)
        {
            verdict = null;
            return false;
        }
    }

    private static Verdict Read(JsonElement json) => new(
        new VerdictId(
            json.GetProperty("partition").GetInt32(),
            json.GetProperty("offset").GetInt64(),
            json.GetProperty("policy_version").GetInt32()),
        json.GetProperty("account_id").GetString() ?? throw new FormatException("An account has an id."),
        (VerdictLevel)IndexOf(WireNames.Levels, json.GetProperty("level")),
        json.GetProperty("risk").GetDouble(),
        (DecisionAction)IndexOf(WireNames.Actions, json.GetProperty("action")),
        [.. json.GetProperty("abuse_types").EnumerateArray().Select(static item =>
            (AbuseType)IndexOf(WireNames.AbuseTypes, item))],
        json.GetProperty("campaign_id").GetString(),
        TimeOf(json.GetProperty("first_flagged_at")),
        json.GetProperty("exchanges_seen").GetInt64(),
        json.GetProperty("exchanges_at_flag") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null,
        [.. json.GetProperty("reasons").EnumerateArray().Select(static item => new Reason(
            item.GetProperty("code").GetString() ?? "",
            item.GetProperty("summary").GetString() ?? "",
            item.GetProperty("weight").GetDouble()))],
        json.GetProperty("model_version").GetString() ?? "",
        json.GetProperty("feature_layout").GetInt32(),
        TimeOf(json.GetProperty("at")) ?? throw new FormatException("A verdict has a time."))
    {
        Origin = (VerdictOrigin)IndexOf(WireNames.Origins, json.GetProperty("origin")),
    };

    private static int IndexOf(ImmutableArray<string> names, JsonElement name)
    {
        var index = names.IndexOf(name.GetString() ?? "");
        return index >= 0 ? index : throw new FormatException("A name is not known.");
    }

    private static DateTimeOffset? TimeOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Null ? null : json.GetDateTimeOffset();

    private static void WriteReasons(Utf8JsonWriter json, ImmutableArray<Reason> reasons)
    {
        json.WriteStartArray("reasons");
        foreach (var reason in reasons)
        {
            json.WriteStartObject();
            json.WriteString("code", reason.Code);
            json.WriteString("summary", reason.Summary);
            json.WriteNumber("weight", reason.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(name, known.UtcDateTime);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
