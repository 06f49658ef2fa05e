using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Reads of a <see cref="VerdictRecord"/> what decisions are served from, for boards that read millions of them when they
/// start: in one pass, and without making again the texts that many verdicts share. Not thread-safe.
/// </summary>
public sealed class VerdictHeadReader
{
    private const int SharedMax = 65_536;
    private const int SharedCharsMax = 128;

    private static readonly ImmutableArray<byte[]> Levels = Utf8(WireNames.Levels);
    private static readonly ImmutableArray<byte[]> Actions = Utf8(WireNames.Actions);
    private static readonly ImmutableArray<byte[]> Origins = Utf8(WireNames.Origins);

    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);

    [Flags]
    private enum Fields
    {
        None = 0,
        Account = 1,
        Level = 2,
        Action = 4,
        Partition = 8,
        Offset = 16,
        Policy = 32,
        At = 64,
        Origin = 128,
        All = 255,
    }

    /// <summary>Reads a record's value. Fields that are not known are passed over.</summary>
    /// <returns>Whether it is a verdict; false for anything else.</returns>
    public bool TryRead(ReadOnlySpan<byte> value, out VerdictHead head)
    {
        if (TryReadPlain(new PlainRecord(value), out head))
        {
            return true;
        }

        var reader = new Utf8JsonReader(value);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryReadFields(ref reader, out head);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    // In the order of VerdictRecord. The end of the reasons cannot be inside one: a quote within a text is escaped.
    private bool TryReadPlain(PlainRecord record, out VerdictHead head)
    {
        head = default;
        if (!record.Take("{\"account_id\":\""u8) || !record.TakeText(out var account)
            || !record.Take(",\"level\":\""u8) || !record.TakeText(out var level)
            || !record.Take(",\"risk\":"u8) || !record.SkipNumber()
            || !record.Take(",\"action\":\""u8) || !record.TakeText(out var action)
            || !record.Take(",\"abuse_types\":["u8) || !record.Skip("]"u8)
            || !record.Take(",\"campaign_id\":"u8) || !TryTextOrNull(ref record, out var campaign)
            || !record.Take(",\"first_flagged_at\":"u8) || !TryTimeOrNull(ref record, out var flagged)
            || !record.Take(",\"exchanges_seen\":"u8) || !record.SkipNumber()
            || !record.Take(",\"exchanges_at_flag\":"u8) || !record.SkipNumber()
            || !TryFirstCode(ref record, out var reason)
            || !record.TakeText(out var origin)
            || !record.Take(",\"partition\":"u8) || !record.TakeNumber(out var partition)
            || !record.Take(",\"offset\":"u8) || !record.TakeNumber(out var offset)
            || !record.Take(",\"policy_version\":"u8) || !record.TakeNumber(out var policy)
            || !record.Take(",\"model_version\":\""u8) || !record.TakeText(out _)
            || !record.Take(",\"feature_layout\":"u8) || !record.SkipNumber()
            || !record.Take(",\"at\":\""u8) || !record.TakeTime(out var at) || !record.Take("}"u8) || !record.IsAtEnd)
        {
            return false;
        }

        var (levelIndex, actionIndex, originIndex) = (IndexOf(level, Levels), IndexOf(action, Actions), IndexOf(origin, Origins));
        if (levelIndex < 0 || actionIndex < 0 || originIndex < 0 || (int)partition != partition || (int)policy != policy)
        {
            return false;
        }

        head = new VerdictHead(
            new VerdictId((int)partition, offset, (int)policy), Encoding.ASCII.GetString(account), (VerdictLevel)levelIndex,
            (DecisionAction)actionIndex, reason, campaign, flagged ?? at, at, (VerdictOrigin)originIndex);
        return true;
    }

    private bool TryTextOrNull(ref PlainRecord record, out string? text)
    {
        text = null;
        if (record.Take("null"u8))
        {
            return true;
        }

        if (!record.Take("\""u8) || !record.TakeText(out var bytes) || bytes.Length > SharedCharsMax)
        {
            return false;
        }

        text = Shared(bytes);
        return true;
    }

    private static bool TryTimeOrNull(ref PlainRecord record, out DateTimeOffset? time)
    {
        time = null;
        if (record.Take("null"u8))
        {
            return true;
        }

        var isTime = record.Take("\""u8) & record.TakeTime(out var known);
        time = known;
        return isTime;
    }

    // The code of the first reason, and on to the origin.
    private bool TryFirstCode(ref PlainRecord record, out string? code)
    {
        code = null;
        if (record.Take(",\"reasons\":[],\"origin\":\""u8))
        {
            return true;
        }

        if (!record.Take(",\"reasons\":[{\"code\":\""u8) || !record.TakeText(out var bytes) || bytes.Length > SharedCharsMax
            || !record.Take(",\"summary\":\""u8))
        {
            return false;
        }

        code = Shared(bytes);
        return record.Skip("}],\"origin\":\""u8);
    }

    private bool TryReadFields(ref Utf8JsonReader reader, out VerdictHead head)
    {
        var draft = new Draft();
        var seen = Fields.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            seen |= ReadField(ref reader, ref draft);
        }

        var isWhole = reader.TokenType == JsonTokenType.EndObject && seen == Fields.All
            && draft is { Level: >= 0, Action: >= 0, Origin: >= 0, Account: not null } && !reader.Read();
        head = !isWhole ? default : new VerdictHead(
            new VerdictId(draft.Partition, draft.Offset, draft.Policy), draft.Account!, (VerdictLevel)draft.Level,
            (DecisionAction)draft.Action, draft.Reason, draft.Campaign, draft.FlaggedAt ?? draft.At, draft.At,
            (VerdictOrigin)draft.Origin);
        return isWhole;
    }

    private Fields ReadField(ref Utf8JsonReader reader, ref Draft draft)
    {
        if (Is(ref reader, "account_id"u8))
        {
            draft.Account = reader.GetString();
            return Fields.Account;
        }

        if (Is(ref reader, "level"u8))
        {
            draft.Level = IndexOf(ref reader, Levels);
            return Fields.Level;
        }

        if (Is(ref reader, "action"u8))
        {
            draft.Action = IndexOf(ref reader, Actions);
            return Fields.Action;
        }

        if (Is(ref reader, "origin"u8))
        {
            draft.Origin = IndexOf(ref reader, Origins);
            return Fields.Origin;
        }

        if (Is(ref reader, "campaign_id"u8))
        {
            draft.Campaign = Shared(ref reader);
            return Fields.None;
        }

        if (Is(ref reader, "reasons"u8))
        {
            draft.Reason = FirstCode(ref reader);
            return Fields.None;
        }

        return ReadNumber(ref reader, ref draft);
    }

    private static Fields ReadNumber(ref Utf8JsonReader reader, ref Draft draft)
    {
        if (Is(ref reader, "partition"u8))
        {
            draft.Partition = reader.GetInt32();
            return Fields.Partition;
        }

        if (Is(ref reader, "offset"u8))
        {
            draft.Offset = reader.GetInt64();
            return Fields.Offset;
        }

        if (Is(ref reader, "policy_version"u8))
        {
            draft.Policy = reader.GetInt32();
            return Fields.Policy;
        }

        if (Is(ref reader, "at"u8))
        {
            draft.At = reader.GetDateTimeOffset();
            return Fields.At;
        }

        if (Is(ref reader, "first_flagged_at"u8))
        {
            draft.FlaggedAt = reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();
            return Fields.None;
        }

        reader.Read();
        reader.Skip();
        return Fields.None;
    }

    // The code of the first of them; null where there is none.
    private string? FirstCode(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("Reasons are a list.");
        }

        string? code = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (code is null && reader.TokenType == JsonTokenType.PropertyName && Is(ref reader, "code"u8))
            {
                code = Shared(ref reader);
            }
        }

        return code;
    }

    private string? Shared(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || reader.ValueSpan.Length > SharedCharsMax)
        {
            return reader.GetString();
        }

        Span<char> chars = stackalloc char[SharedCharsMax];
        return Shared(chars[..reader.CopyString(chars)]);
    }

    private string Shared(ReadOnlySpan<byte> ascii)
    {
        Span<char> chars = stackalloc char[SharedCharsMax];
        return Shared(chars[..Encoding.ASCII.GetChars(ascii, chars)]);
    }

    private string Shared(ReadOnlySpan<char> chars)
    {
        if (_shared.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars, out var known))
        {
            return known;
        }

        var made = chars.ToString();
        if (_shared.Count == SharedMax)
        {
            _shared.Clear(); // What is still in use comes back.
        }

        _shared.Add(made);
        return made;
    }

    // Moves on to the value of the field that it is.
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        (reader.ValueIsEscaped ? reader.ValueTextEquals(name) : reader.ValueSpan.SequenceEqual(name)) && reader.Read();

    private static int IndexOf(ref Utf8JsonReader reader, ImmutableArray<byte[]> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int IndexOf(ReadOnlySpan<byte> word, ImmutableArray<byte[]> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (word.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static ImmutableArray<byte[]> Utf8(ImmutableArray<string> names) =>
        [.. names.Select(Encoding.UTF8.GetBytes)];

    private struct Draft
    {
        public string? Account;
        public string? Reason;
        public string? Campaign;
        public int Level;
        public int Action;
        public int Origin;
        public int Partition;
        public int Policy;
        public long Offset;
        public DateTimeOffset At;
        public DateTimeOffset? FlaggedAt;
    }
}
