using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>Somebody who may sign in.</summary>
/// <param name="Id">By which they sign in.</param>
/// <param name="Version">Counts up with every change.</param>
/// <param name="Name">As others see it.</param>
/// <param name="Role">Index of the role: viewer, analyst, lead, administrator.</param>
/// <param name="IsDisabled">Whether they may not sign in any more.</param>
/// <param name="PasswordHash">Salted and stretched; empty for who signs in elsewhere.</param>
/// <param name="Stamp">Changes whenever sessions begun before must end.</param>
/// <param name="ChangedAt">When this was written.</param>
public sealed record PersonRow(
    string Id, int Version, string Name, byte Role, bool IsDisabled, string PasswordHash, ulong Stamp, DateTimeOffset ChangedAt);

/// <summary>A view of the queue that somebody keeps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">The query part of the address.</param>
/// <param name="SavedAt">When it was kept.</param>
public sealed record SavedView(string Name, string Query, DateTimeOffset SavedAt);

/// <summary>People, their views, and the keys of the installation, in ClickHouse. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class PeopleLog(IClickHouse clickHouse)
{
    /// <summary>Most people.</summary>
    public const int PeopleMax = 10_000;

    /// <summary>Most views of one person.</summary>
    public const int ViewsMax = 100;

    private const string IntoPeople =
        "INSERT INTO people (person_id, version, display_name, role, is_disabled, password_hash, stamp, changed_at)";

    private const string IntoKeys = "INSERT INTO install_keys (name, value)";
    private const string IntoViews = "INSERT INTO saved_views (owner, name, query, saved_at)";
    private const int RowBytesMax = 64 * 1024;

    private static readonly string PeopleSql = EmbeddedSql.Query("people");
    private static readonly string KeySql = EmbeddedSql.Query("install_key");
    private static readonly string ViewsSql = EmbeddedSql.Query("saved_views");

    /// <summary>All people.</summary>
    public async Task<ImmutableArray<PersonRow>> ReadAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            PeopleSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("rows", PeopleMax)], cancel);
        return TakePeople(bytes.Memory.Span);
    }

    /// <summary>Writes a person; of two who write the same version one is left out.</summary>
    /// <returns>Whether this one is there.</returns>
    public async Task<bool> PutAsync(PersonRow person, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(person);
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(person.Id);
        rows.Put((uint)person.Version);
        rows.PutText(person.Name);
        rows.Put(person.Role);
        CaseFields.Put(rows, person.IsDisabled);
        rows.PutText(person.PasswordHash);
        rows.Put(person.Stamp);
        rows.PutTime(person.ChangedAt);
        rows.EndRow();
        var token = string.Create(CultureInfo.InvariantCulture, $"person-{person.Id}/{person.Version}");
        await clickHouse.InsertAsync(
            new InsertTarget(IntoPeople, ClickHouseFormat.RowBinary, token) { IsExclusive = true }, [rows.Body], cancel);
        return (await ReadAsync(CancellationToken.None)).Any(one => one.Id == person.Id && one.Stamp == person.Stamp);
    }

    /// <summary>A key of this installation: the one that is there, or else this one, unless another process was faster.</summary>
    public async Task<string> KeyAsync(string name, string drawn, CancellationToken cancel)
    {
        if (await FindKeyAsync(name, cancel) is { } known)
        {
            return known;
        }

        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(name);
        rows.PutText(drawn);
        rows.EndRow();
        await clickHouse.InsertAsync(
            new InsertTarget(IntoKeys, ClickHouseFormat.RowBinary, $"key-{name}") { IsExclusive = true }, [rows.Body], cancel);
        return await FindKeyAsync(name, CancellationToken.None) ?? drawn;
    }

    /// <summary>The views of a person.</summary>
    public async Task<ImmutableArray<SavedView>> ViewsAsync(string owner, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            ViewsSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("owner", owner), SqlParameter.Of("rows", ViewsMax)],
            cancel);
        return TakeViews(bytes.Memory.Span);
    }

    /// <summary>Keeps a view, or removes it where the query is empty.</summary>
    public Task PutViewAsync(string owner, SavedView view, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(view);
        var rows = new RowBinaryRows(RowBytesMax);
        rows.PutText(owner);
        rows.PutText(view.Name);
        rows.PutText(view.Query);
        rows.PutTime(view.SavedAt);
        rows.EndRow();
        return clickHouse.InsertAsync(
            new InsertTarget(IntoViews, ClickHouseFormat.RowBinary, Token: ""), [rows.Body], cancel);
    }

    private async Task<string?> FindKeyAsync(string name, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            KeySql, ClickHouseFormat.RowBinary, [SqlParameter.Of("name", name)], cancel);
        var reader = new RowBinaryReader(bytes.Memory.Span);
        return reader.IsAtEnd ? null : reader.TakeText();
    }

    private static ImmutableArray<PersonRow> TakePeople(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<PersonRow>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new PersonRow(
                reader.TakeText(), (int)reader.Take<uint>(), reader.TakeText(), reader.Take<byte>(), reader.Take<byte>() != 0,
                reader.TakeText(), reader.Take<ulong>(), reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<SavedView> TakeViews(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<SavedView>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new SavedView(reader.TakeText(), reader.TakeText(), reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }
}
