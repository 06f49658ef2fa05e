using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>An answer, or that somebody is about to give one.</summary>
/// <param name="Request">Digest of the request.</param>
/// <param name="Attempt">Whose it is.</param>
/// <param name="Status">Status of HTTP; 0 while there is none.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Its entity tag, or empty.</param>
/// <param name="Body">What was answered.</param>
/// <param name="At">When.</param>
public sealed record KeptAnswer(
    string Request, ulong Attempt, int Status, string ContentType, string ETag, string Body, DateTimeOffset At);

/// <summary>
/// Answers under idempotency keys in ClickHouse, for a day. Of several who would answer the same key, in this process or
/// another, exactly one does: as with the events of cases, their claims go by one deduplication token. Thread-safe.
/// </summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class AnswerLog(IClickHouse clickHouse)
{
    /// <summary>Largest answer that is kept.</summary>
    public const int BodyCharsMax = 1024 * 1024;

    /// <summary>How long an answer is kept; the table's own limit is the same.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>How long somebody may take to answer before another may.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromMinutes(2);

    private const string Into =
        "INSERT INTO idempotent_answers (key, request, attempt, status, content_type, etag, body, at)";

    private const int RowBytesMax = 8 * 1024 * 1024;
    private const int RowsMax = 64; // Claims that were given up, two minutes each: more is nobody's.

    private static readonly string Sql = EmbeddedSql.Query("idempotent_answer");

    /// <summary>Says that one is about to answer a key.</summary>
    /// <param name="key">Digest of who asks and of their key.</param>
    /// <param name="request">Digest of the request.</param>
    /// <param name="now">When.</param>
    /// <param name="cancel">Heeded before anything is written.</param>
    /// <returns>The attempt to answer with; or what another answered, or that it does, with <c>IsMine</c> false.</returns>
    public async Task<(bool IsMine, KeptAnswer Held)> ClaimAsync(
        string key, string request, DateTimeOffset now, CancellationToken cancel)
    {
        var before = await FindAsync(key, now, cancel);
        if (before is not null && (before.Status != 0 || now - before.At < AnsweredWithin))
        {
            return (false, before);
        }

        var mine = new KeptAnswer(
            request, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), 0, "", "", "", now);
        // The token differs after a claim that was given up, and from day to day: a key may be used again once it is forgotten.
        var token = string.Create(
            CultureInfo.InvariantCulture, $"answer-{key}-{before?.Attempt ?? 0}-{now.ToUnixTimeSeconds() / (24 * 60 * 60)}");
        await WriteAsync(key, mine, token, cancel);
        var held = await FindAsync(key, now, CancellationToken.None) ?? mine;
        return (held.Attempt == mine.Attempt, held);
    }

    /// <summary>Keeps what was answered.</summary>
    public Task AnswerAsync(string key, KeptAnswer answer, CancellationToken cancel) =>
        WriteAsync(key, answer, token: "", cancel);

    /// <summary>What was answered under a key, or that somebody is about to; null where nobody is.</summary>
    public async Task<KeptAnswer?> FindAsync(string key, DateTimeOffset now, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            Sql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("key", key), SqlParameter.Of("after", (now - KeptFor).ToUnixTimeMilliseconds()),
                SqlParameter.Of("rows", RowsMax),
            ],
            cancel);
        var rows = Take(bytes.Memory.Span);
        return rows.FirstOrDefault(static row => row.Status != 0)
            ?? rows.FirstOrDefault(row => now - row.At < AnsweredWithin)
            ?? rows.LastOrDefault();
    }

    private Task WriteAsync(string key, KeptAnswer answer, string token, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(answer.Body.Length, BodyCharsMax);
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(key);
        rows.PutText(answer.Request);
        rows.Put(answer.Attempt);
        rows.Put((ushort)answer.Status);
        rows.PutText(answer.ContentType);
        rows.PutText(answer.ETag);
        rows.PutText(answer.Body);
        rows.PutTime(answer.At);
        rows.EndRow();
        return clickHouse.InsertAsync(
            new InsertTarget(Into, ClickHouseFormat.RowBinary, token) { IsExclusive = token.Length > 0 }, [rows.Body], cancel);
    }

    private static ImmutableArray<KeptAnswer> Take(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<KeptAnswer>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new KeptAnswer(
                reader.TakeText(), reader.Take<ulong>(), reader.Take<ushort>(), reader.TakeText(), reader.TakeText(),
                reader.TakeText(), reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }
}
