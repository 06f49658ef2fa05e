using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Cases;

/// <summary>What stands of a case, as a queue shows it.</summary>
public sealed record CaseSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Events so far.</summary>
    public required int Version { get; init; }

    /// <summary>What it is about.</summary>
    public required CaseKind Kind { get; init; }

    /// <summary>The campaign or account.</summary>
    public required string Subject { get; init; }

    /// <summary>Where it stands, claims aside: see <see cref="StageAt"/>.</summary>
    public required CaseStage Stage { get; init; }

    /// <summary>Whether somebody has to do something.</summary>
    public required bool IsWaiting { get; init; }

    /// <summary>Severity × volume × confidence, 0..100.</summary>
    public required double Priority { get; init; }

    /// <summary>What the machine had found.</summary>
    public required CaseFacts Facts { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When something last happened to it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who works on it, or last did.</summary>
    public CaseClaim? Claim { get; init; }

    /// <summary>To whom it was given, or null.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>Its tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Whether somebody else has to decide.</summary>
    public bool IsEscalated { get; init; }

    /// <summary>Whether a ruling waits for a second person.</summary>
    public bool IsProposed { get; init; }

    /// <summary>The ruling that stands, or null.</summary>
    public RulingKind? Ruling { get; init; }

    /// <summary>Who ruled, or null.</summary>
    public string? RuledBy { get; init; }

    /// <summary>When, or null.</summary>
    public DateTimeOffset? RuledAt { get; init; }

    /// <summary>Why, or null.</summary>
    public string? RulingReason { get; init; }

    /// <summary>By which policy, or null.</summary>
    public string? RulingPolicy { get; init; }

    /// <summary>The case that took it over, or null.</summary>
    public string? TakenOverBy { get; init; }

    /// <summary>Where it stands at a time.</summary>
    public CaseStage StageAt(DateTimeOffset now) =>
        Stage is CaseStage.Open or CaseStage.Reopened && ClaimAt(now) is not null ? CaseStage.Claimed : Stage;

    /// <summary>The claim that holds at a time.</summary>
    public CaseClaim? ClaimAt(DateTimeOffset now) => Claim?.Until > now ? Claim : null;

    /// <summary>What stands of a case.</summary>
    public static CaseSummary Of(CaseState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new CaseSummary
        {
            Id = state.Id,
            Version = state.Version,
            Kind = state.Kind,
            Subject = state.Subject,
            Stage = state.StageAt(DateTimeOffset.MaxValue),
            IsWaiting = state.TakenOverBy is null && (state.Ruling is null || !state.Appeals.IsEmpty),
            Priority = state.Priority,
            Facts = state.Facts,
            OpenedAt = state.OpenedAt,
            UpdatedAt = state.UpdatedAt,
            Claim = state.Claim,
            AssignedTo = state.AssignedTo,
            Tags = state.Tags,
            IsEscalated = state.IsEscalated,
            IsProposed = state.Proposal is not null,
            Ruling = state.Ruling?.Kind,
            RuledBy = state.Ruling?.By,
            RuledAt = state.Ruling?.At,
            RulingReason = state.Ruling?.Reason,
            RulingPolicy = state.Ruling?.Policy,
            TakenOverBy = state.TakenOverBy,
        };
    }
}

/// <summary>In which order a queue is shown.</summary>
public enum CaseSort : byte
{
    /// <summary>What matters first.</summary>
    Priority,

    /// <summary>Opened last first.</summary>
    Newest,

    /// <summary>Opened first first.</summary>
    Oldest,

    /// <summary>Changed last first.</summary>
    Updated,
}

/// <summary>Which cases of a queue are shown; null or false: any.</summary>
public sealed record CaseFilter
{
    /// <summary>Those that wait, or those that do not.</summary>
    public bool? IsWaiting { get; init; }

    /// <summary>Of a stage.</summary>
    public CaseStage? Stage { get; init; }

    /// <summary>Of a kind.</summary>
    public CaseKind? Kind { get; init; }

    /// <summary>Of a level.</summary>
    public VerdictLevel? Level { get; init; }

    /// <summary>That do this.</summary>
    public AbuseType? Abuse { get; init; }

    /// <summary>Given to somebody.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>Claimed by somebody.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>Ruled on by somebody.</summary>
    public string? RuledBy { get; init; }

    /// <summary>With a tag.</summary>
    public string? Tag { get; init; }

    /// <summary>With a ruling that waits for a second person.</summary>
    public bool IsProposed { get; init; }
}

/// <summary>One page of a queue.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="Next">Where the next page begins, or null on the last.</param>
public sealed record CasePage(ImmutableArray<CaseSummary> Cases, CaseCursor? Next);

/// <summary>The place in a queue after which a page begins.</summary>
/// <param name="Sort">The queue's order.</param>
/// <param name="Position">What it is ordered by.</param>
/// <param name="Id">The last case of the page before.</param>
public readonly record struct CaseCursor(CaseSort Sort, double Position, string Id)
{
    private const int TextMax = 1024;

    /// <summary>Reads a cursor that was handed out; false for any other text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CaseCursor cursor)
    {
        cursor = default;
        if (text is null || text.Length > TextMax)
        {
            return false;
        }

        var bytes = new byte[text.Length];
        if (System.Buffers.Text.Base64Url.DecodeFromChars(text, bytes, out _, out var length)
            != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 3);
        if (parts.Length != 3
            || !Enum.TryParse<CaseSort>(parts[0], out var sort)
            || !Enum.IsDefined(sort)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return false;
        }

        cursor = new CaseCursor(sort, BitConverter.UInt64BitsToDouble(position), parts[2]);
        return double.IsFinite(cursor.Position);
    }

    /// <summary>The cursor as text of letters, digits, <c>-</c> and <c>_</c>.</summary>
    public override string ToString() => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Sort}:{BitConverter.DoubleToUInt64Bits(Position)}:{Id}")));
}
