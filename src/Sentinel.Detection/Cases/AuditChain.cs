// Each row's hash is taken over the row and the hash of the row before, so that no row can be altered, removed or moved
// without all later hashes being wrong. Who can write the whole table anew can write a new chain: keep the head elsewhere.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Detection.Cases;

/// <summary>What kind of hand did it.</summary>
public enum AuditKind : byte
{
    /// <summary>The program by itself.</summary>
    Automatic,

    /// <summary>A person, or a system with a key, on one thing.</summary>
    Manual,

    /// <summary>A person on many things at once.</summary>
    Bulk,

    /// <summary>Settings: people, policies, views.</summary>
    Configuration,
}

/// <summary>Something that was done or looked at.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Kind">What kind of hand.</param>
/// <param name="Action">Stable name, such as <c>case.ruled</c>.</param>
/// <param name="Subject">On what: a case, a person, an account.</param>
/// <param name="Outcome">What came of it: <c>done</c>, or why it was refused.</param>
/// <param name="Detail">More, as JSON; no prompt text and no secret.</param>
public sealed record AuditEntry(
    DateTimeOffset At, string By, AuditKind Kind, string Action, string Subject, string Outcome, string Detail);

/// <summary>An entry in its place in the chain.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Entry">What it says.</param>
/// <param name="Previous">Hash of the row before, in hexadecimal; <see cref="AuditChain.Beginning"/> before the first.</param>
/// <param name="Hash">Hash of this row, in hexadecimal.</param>
public sealed record AuditRow(long Number, AuditEntry Entry, string Previous, string Hash);

/// <summary>What is wrong with a chain, and where.</summary>
/// <param name="Number">The first row that is wrong.</param>
/// <param name="Kind"><c>altered</c>, <c>removed</c> or <c>reordered</c>.</param>
/// <param name="Text">A sentence.</param>
public sealed record AuditFault(long Number, string Kind, string Text);

/// <summary>The chain of the audit log: made and verified here, stored elsewhere. Follows rows one by one.</summary>
public sealed class AuditChain
{
    /// <summary>What stands before the first row.</summary>
    public static string Beginning { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Number of the last row that was followed.</summary>
    public long Number { get; private set; }

    /// <summary>Its hash.</summary>
    public string Hash { get; private set; } = Beginning;

    /// <summary>The row that comes after one.</summary>
    public static AuditRow Next(long number, string hash, AuditEntry entry) =>
        new(number + 1, entry, hash, HashOf(number + 1, entry, hash));

    /// <summary>Follows the next row of the log, in the log's order; what is wrong with it, or null.</summary>
    public AuditFault? Follow(AuditRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var fault = FaultOf(row);
        (Number, Hash) = (row.Number, row.Hash);
        return fault;
    }

    // A row that fits its own hash is genuine: then rows before it are gone, or the order is another.
    private AuditFault? FaultOf(AuditRow row)
    {
        if (HashOf(row.Number, row.Entry, row.Previous) != row.Hash)
        {
            return new AuditFault(row.Number, "altered", $"Row {row.Number} is not what was written: its hash is another.");
        }

        if (row.Number <= Number)
        {
            return new AuditFault(row.Number, "reordered", $"Row {row.Number} comes after row {Number}.");
        }

        if (row.Number > Number + 1)
        {
            return new AuditFault(Number + 1, "removed", $"Row {Number + 1} is missing: after {Number} comes {row.Number}.");
        }

        return row.Previous == Hash
            ? null
            : new AuditFault(row.Number, "reordered", $"Row {row.Number} does not follow the row that stands before it.");
    }

    private static string HashOf(long number, AuditEntry entry, string previous)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Put(sha, number);
        Put(sha, previous);
        Put(sha, entry.At.ToUnixTimeMilliseconds());
        Put(sha, entry.By);
        Put(sha, (long)entry.Kind);
        Put(sha, entry.Action);
        Put(sha, entry.Subject);
        Put(sha, entry.Outcome);
        Put(sha, entry.Detail);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static void Put(IncrementalHash sha, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        sha.AppendData(bytes);
    }

    // With its length before it, so that no text runs into the next.
    private static void Put(IncrementalHash sha, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Put(sha, bytes.Length);
        sha.AppendData(bytes);
    }
}
