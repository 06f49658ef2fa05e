using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

// How events and summaries of cases are written and read.
internal static class CaseFields
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string JsonOf(CaseChange change) => JsonSerializer.Serialize(change, Json);

    public static CaseChange ChangeOf(string json) => JsonSerializer.Deserialize<CaseChange>(json, Json)
        ?? throw new InvalidOperationException("An event of a case is empty.");

    // The discriminator comes first.
    public static string KindOf(string json)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("kind"))
            {
                reader.Read();
                return reader.GetString() ?? "";
            }
        }

        return "";
    }

    public static void Put(RowBinaryRows rows, CaseSummary row)
    {
        rows.PutText(row.Id);
        rows.Put((uint)row.Version);
        rows.Put((byte)row.Kind);
        rows.PutText(row.Subject);
        rows.Put((byte)row.Stage);
        Put(rows, row.IsWaiting);
        rows.Put(row.Priority);
        rows.Put((byte)row.Facts.Level);
        rows.Put(row.Facts.Risk);
        rows.PutArray(row.Facts.AbuseTypes);
        rows.Put((uint)row.Facts.Accounts);
        rows.Put((ulong)row.Facts.Exchanges);
        rows.PutText(row.Facts.Headline);
        rows.PutTime(row.OpenedAt);
        rows.PutTime(row.UpdatedAt);
        rows.PutText(row.Claim?.By);
        rows.PutTime(row.Claim?.Until ?? DateTimeOffset.UnixEpoch);
        rows.PutText(row.AssignedTo);
        PutTexts(rows, row.Tags);
        Put(rows, row.IsEscalated);
        Put(rows, row.IsProposed);
        rows.PutText(row.Ruling is { } ruling ? CaseWords.Of(ruling) : null);
        rows.PutText(row.RuledBy);
        rows.PutTime(row.RuledAt ?? DateTimeOffset.UnixEpoch);
        rows.PutText(row.RulingReason);
        rows.PutText(row.RulingPolicy);
        rows.PutText(row.TakenOverBy);
        rows.EndRow();
    }

    // First flagged is not part of the summary: the opening says it.
    public static ImmutableArray<CaseSummary> TakeSummaries(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<CaseSummary>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (id, version, kind) = (reader.TakeText(), (int)reader.Take<uint>(), reader.Take<CaseKind>());
            var (subject, stage, isWaiting) = (reader.TakeText(), reader.Take<CaseStage>(), reader.Take<byte>() != 0);
            var priority = reader.Take<double>();
            var (level, risk, types) = (reader.Take<VerdictLevel>(), reader.Take<double>(), reader.TakeArray<AbuseType>());
            var (accounts, exchanges) = ((int)reader.Take<uint>(), (long)reader.Take<ulong>());
            var (headline, opened, updated) = (reader.TakeText(), reader.TakeTime(), reader.TakeTime());
            var (claimedBy, claimedUntil) = (reader.TakeTextOrNone(), reader.TakeTime());
            var (assigned, tags) = (reader.TakeTextOrNone(), reader.TakeTexts());
            var (isEscalated, isProposed) = (reader.Take<byte>() != 0, reader.Take<byte>() != 0);
            var (ruling, ruledBy, ruledAt) = (reader.TakeTextOrNone(), reader.TakeTextOrNone(), reader.TakeTime());
            found.Add(new CaseSummary
            {
                Id = id,
                Version = version,
                Kind = kind,
                Subject = subject,
                Stage = stage,
                IsWaiting = isWaiting,
                Priority = priority,
                Facts = new CaseFacts(level, risk, types, accounts, exchanges, opened, headline),
                OpenedAt = opened,
                UpdatedAt = updated,
                Claim = claimedBy is null ? null : new CaseClaim(claimedBy, claimedUntil),
                AssignedTo = assigned,
                Tags = tags,
                IsEscalated = isEscalated,
                IsProposed = isProposed,
                Ruling = ruling is null ? null : (RulingKind)CaseWords.Rulings.IndexOf(ruling),
                RuledBy = ruledBy,
                RuledAt = ruling is null ? null : ruledAt,
                RulingReason = reader.TakeTextOrNone(),
                RulingPolicy = reader.TakeTextOrNone(),
                TakenOverBy = reader.TakeTextOrNone(),
            });
        }

        return found.DrainToImmutable();
    }

    public static void PutTexts(RowBinaryRows rows, ImmutableArray<string> texts)
    {
        rows.PutCount(texts.Length);
        foreach (var text in texts)
        {
            rows.PutText(text);
        }
    }

    public static void Put(RowBinaryRows rows, bool value) => rows.Put((byte)(value ? 1 : 0));
}
