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
        head = default;
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
        chars = chars[..reader.CopyString(chars)];
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
