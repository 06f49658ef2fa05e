using System.Collections.Immutable;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;

namespace Sentinel.Detection.Workloads;

/// <summary>A declared and verified workload, for the time in which the declaration holds. Immutable.</summary>
/// <param name="Id">Names it; a later declaration of the same id takes its place.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Accounts">Accounts that run it.</param>
/// <param name="Organisation">An organisation all of whose accounts do, or empty.</param>
/// <param name="Explains">Evidence that it explains; nothing else is touched.</param>
/// <param name="VouchedBy">Who answers for it.</param>
/// <param name="From">First moment, event time.</param>
/// <param name="Until">First moment after it, event time.</param>
public sealed record Workload(
    string Id,
    WorkloadKind Kind,
    ImmutableArray<string> Accounts,
    string Organisation,
    WorkloadEvidence Explains,
    string VouchedBy,
    DateTimeOffset From,
    DateTimeOffset Until)
{
    /// <summary>Accounts that one workload names at most.</summary>
    public const int AccountsMax = 1_000;

    /// <summary>Models and frames that one workload names at most.</summary>
    public const int LooksMax = 64;

    private ImmutableArray<ulong> _modelKeys = [];

    /// <summary>Models that it asks for; empty for any. Content asked of another model is not explained.</summary>
    public ImmutableArray<string> Models
    {
        get;
        init
        {
            field = value;
            _modelKeys = [.. value.Select(KeyHash.Of)];
        }
    } = [];

    /// <summary>
    /// Keys of the frames that it sends, as links of kind <c>template</c> have them; empty for any. Content in another
    /// frame is not explained.
    /// </summary>
    public ImmutableArray<ulong> Frames { get; init; } = [];

    /// <summary>Exchanges of one account a day, UTC; 0 for any number. What is sent beyond is not explained.</summary>
    public int DailyMax { get; init; }

    /// <summary>Why it was believed; for people.</summary>
    public string Note { get; init; } = "";

    /// <summary>When the declaration was recorded: of two of one id the later holds from its own beginning on.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>Whether it is the end of a declaration, and holds at no time itself.</summary>
    public bool IsWithdrawal => Until <= From;

    /// <summary>Whether it holds at a time.</summary>
    public bool IsInForce(long atMs) => From.ToUnixTimeMilliseconds() <= atMs && atMs < Until.ToUnixTimeMilliseconds();

    /// <summary>Whether an exchange that its account has just booked looks as declared.</summary>
    internal bool Covers(Observation observation, AccountProfile profile) =>
        (_modelKeys.IsEmpty || _modelKeys.Contains(observation.ModelKey)) && !IsExceededBy(profile);

    /// <summary>Whether the account sent more on its latest day than was declared.</summary>
    internal bool IsExceededBy(AccountProfile profile) => DailyMax > 0 && profile.DayCount > DailyMax;
}
