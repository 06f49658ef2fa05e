using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Limits and times of reviewing. Checked before the first request.</summary>
public sealed class ReviewOptions
{
    /// <summary>Section of the configuration: <c>Review</c>, in the environment <c>LLMSENTINEL_Review__…</c>.</summary>
    public const string Section = "Review";

    /// <summary>How long a claim holds, minutes.</summary>
    [Range(1, 1_440)]
    public int ClaimMinutes { get; set; } = 30;

    /// <summary>How long a ruling can be undone, minutes.</summary>
    [Range(1, 10_080)]
    public int UndoMinutes { get; set; } = 60;

    /// <summary>How long accounts of a dismissed case or a successful appeal go on whatever the machine concludes, days.</summary>
    [Range(1, 365)]
    public int ReleaseDays { get; set; } = 30;

    /// <summary>How long a case is watched, days.</summary>
    [Range(1, 365)]
    public int WatchDays { get; set; } = 14;

    /// <summary>Most accounts that one person alone may rule on, in one case or many at once.</summary>
    [Range(1, 1_000_000)]
    public int AloneAccountsMax { get; set; } = 25;

    /// <summary>Most cases that are ruled on at once. Default 500: an event each, about 10 ms on a disk.</summary>
    [Range(1, 1_000)]
    public int BulkCasesMax { get; set; } = 500;

    /// <summary>
    /// How far ahead of now a ruling reaches the judging of groups, seconds: every lane must know it before event time gets
    /// there, or what is judged again would be judged otherwise. Default 60, three times the time in which lanes look.
    /// </summary>
    [Range(1, 3_600)]
    public int JudgeLeadSeconds { get; set; } = 60;

    /// <summary>How often lanes that judge groups look for new rulings, seconds.</summary>
    [Range(1, 600)]
    public int JudgeLookSeconds { get; set; } = 20;

    /// <summary>How often new findings are looked for, seconds.</summary>
    [Range(1, 3_600)]
    public int OpenSeconds { get; set; } = 10;

    /// <summary>Answers that a process remembers by their idempotency keys, beside the store. Default 4,096, a few KiB each.</summary>
    [Range(16, 65_536)]
    public int IdempotencyKeysMax { get; set; } = 4_096;

    /// <summary>The same for the domain.</summary>
    public ReviewPolicy ToPolicy() => new()
    {
        ClaimFor = TimeSpan.FromMinutes(ClaimMinutes),
        UndoWithin = TimeSpan.FromMinutes(UndoMinutes),
        ReleaseFor = TimeSpan.FromDays(ReleaseDays),
        WatchFor = TimeSpan.FromDays(WatchDays),
        AloneAccountsMax = AloneAccountsMax,
    };
}

/// <summary>Checks <see cref="ReviewOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ReviewOptionsValidator : IValidateOptions<ReviewOptions>;
