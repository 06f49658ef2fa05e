using System.Collections.Immutable;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Sharing;

/// <summary>A report that was given to a recipient.</summary>
/// <param name="SharedAt">When.</param>
/// <param name="Id">Its id.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Profile">What was taken out before.</param>
/// <param name="Subject">What it was about: a campaign, a period.</param>
/// <param name="Format">In which format.</param>
/// <param name="EvidenceHash">SHA-256 of the facts.</param>
/// <param name="ContentHash">SHA-256 of what was given.</param>
/// <param name="Bytes">How much it was.</param>
/// <param name="ExpiresAt">When it is to be used no longer.</param>
/// <param name="SharedBy">Who gave it.</param>
/// <param name="Note">Why.</param>
public sealed record SharedReport(
    DateTimeOffset SharedAt, string Id, string Recipient, string Profile, string Subject, string Format, string EvidenceHash,
    string ContentHash, long Bytes, DateTimeOffset ExpiresAt, string SharedBy, string Note);

/// <summary>A bundle that a recipient may fetch.</summary>
/// <param name="SharedAt">When it was given.</param>
/// <param name="Id">The share's id.</param>
/// <param name="Body">The bundle.</param>
public sealed record SharedBundle(DateTimeOffset SharedAt, string Id, string Body);

/// <summary>The log of what left. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class ShareLog(IClickHouse clickHouse)
{
    /// <summary>Shares of one answer.</summary>
    public const int PageMax = 1_000;

    /// <summary>Bytes of a bundle.</summary>
    public const int BodyBytesMax = 32 << 20;

    private const string Into =
        """
        INSERT INTO shared_reports (shared_at, share_id, recipient, profile, subject, format, evidence_hash, content_hash, bytes,
          expires_at, shared_by, note, body)
        """;

    private static readonly string ListSql = EmbeddedSql.Query("shares");
    private static readonly string BodySql = EmbeddedSql.Query("share_body");
    private static readonly string BodiesSql = EmbeddedSql.Query("share_bodies");

    /// <summary>Writes down that a report leaves, before it does.</summary>
    /// <param name="share">The report.</param>
    /// <param name="body">What can be fetched again, or empty.</param>
    /// <param name="cancel">Heeded before it is written.</param>
    public async Task AppendAsync(SharedReport share, string body, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(body);
        var rows = new RowBinaryRows(BodyBytesMax + (64 << 10));
        rows.PutTime(share.SharedAt);
        rows.PutText(share.Id);
        rows.PutText(share.Recipient);
        rows.PutText(share.Profile);
        rows.PutText(share.Subject);
        rows.PutText(share.Format);
        rows.PutText(share.EvidenceHash);
        rows.PutText(share.ContentHash);
        rows.Put((ulong)share.Bytes);
        rows.PutTime(share.ExpiresAt);
        rows.PutText(share.SharedBy);
        rows.PutText(share.Note);
        rows.PutText(body);
        rows.EndRow();
        await clickHouse.InsertAsync(
            new InsertTarget(Into, ClickHouseFormat.RowBinary, "share-" + share.Id), [rows.Body], cancel);
    }

    /// <summary>What was given, the latest first.</summary>
    /// <param name="recipient">To whom, or empty for all.</param>
    /// <param name="rowsMax">At most so many.</param>
    /// <param name="cancel">Cancels the wait for a free connection.</param>
    public async Task<ImmutableArray<SharedReport>> ListAsync(string recipient, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            ListSql, ClickHouseFormat.RowBinary,
            [SqlParameter.Of("recipient", recipient), SqlParameter.Of("rows", Math.Min(rowsMax, PageMax))], cancel);
        return TakeShares(bytes.Memory.Span);
    }

    /// <summary>The latest bundle about a subject that a recipient was given, or null.</summary>
    public async Task<string?> FindBodyAsync(string recipient, string subject, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            BodySql, ClickHouseFormat.RowBinary,
            [SqlParameter.Of("recipient", recipient), SqlParameter.Of("subject", subject)], cancel);
        return TakeBody(bytes.Memory.Span);
    }

    /// <summary>Bundles that a recipient may fetch, in the order in which they were given.</summary>
    /// <param name="recipient">Whose.</param>
    /// <param name="now">What has expired by now is left out.</param>
    /// <param name="after">Given later than this.</param>
    /// <param name="afterId">Or at this moment under a later id.</param>
    /// <param name="rowsMax">At most so many.</param>
    /// <param name="cancel">Cancels the wait for a free connection.</param>
    public async Task<ImmutableArray<SharedBundle>> ListBundlesAsync(
        string recipient, DateTimeOffset now, DateTimeOffset after, string afterId, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            BodiesSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("recipient", recipient),
                SqlParameter.Of("now", now.ToUnixTimeMilliseconds()),
                SqlParameter.Of("after", after.ToUnixTimeMilliseconds()),
                SqlParameter.Of("id", afterId),
                SqlParameter.Of("rows", rowsMax),
            ],
            cancel);
        return TakeBundles(bytes.Memory.Span);
    }

    private static ImmutableArray<SharedReport> TakeShares(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<SharedReport>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new SharedReport(
                reader.TakeTime(), reader.TakeText(), reader.TakeText(), reader.TakeText(), reader.TakeText(),
                reader.TakeText(), reader.TakeText(), reader.TakeText(), (long)reader.Take<ulong>(), reader.TakeTime(),
                reader.TakeText(), reader.TakeText()));
        }

        return found.DrainToImmutable();
    }

    private static string? TakeBody(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return reader.IsAtEnd ? null : reader.TakeText();
    }

    private static ImmutableArray<SharedBundle> TakeBundles(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<SharedBundle>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new SharedBundle(reader.TakeTime(), reader.TakeText(), reader.TakeText()));
        }

        return found.DrainToImmutable();
    }
}
