using System.ComponentModel;
using System.Globalization;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Workloads;

/// <summary>A declaration as it stands.</summary>
internal sealed record WorkloadAnswer
{
    [Description("Its id.")]
    public required string Id { get; init; }

    [Description("What it is.")]
    public required string Kind { get; init; }

    [Description("pending, in_force or ended, by the clock.")]
    public required string State { get; init; }

    [Description("Accounts that run it.")]
    public required IReadOnlyList<string> Accounts { get; init; }

    [Description("An organisation all of whose accounts run it, or null.")]
    public required string? Organisation { get; init; }

    [Description("Models that it asks for; any when empty.")]
    public required IReadOnlyList<string> Models { get; init; }

    [Description("Keys of the frames that it sends; any when empty.")]
    public required IReadOnlyList<string> Frames { get; init; }

    [Description("Exchanges of one account a day, or null for any number.")]
    public required int? DailyMax { get; init; }

    [Description("Evidence that it explains.")]
    public required IReadOnlyList<string> Explains { get; init; }

    [Description("Who answers for it.")]
    public required string VouchedBy { get; init; }

    [Description("Why it was believed.")]
    public required string Note { get; init; }

    [Description("When it begins to hold, by the time of exchanges.")]
    public required DateTimeOffset From { get; init; }

    [Description("When it ends to hold.")]
    public required DateTimeOffset Until { get; init; }

    [Description("When it was recorded.")]
    public required DateTimeOffset RecordedAt { get; init; }

    public static WorkloadAnswer Of(Workload workload, DateTimeOffset now) => new()
    {
        Id = workload.Id,
        Kind = WorkloadKinds.Names[(int)workload.Kind],
        State = now < workload.From ? "pending" : now < workload.Until ? "in_force" : "ended",
        Accounts = workload.Accounts,
        Organisation = workload.Organisation.Length == 0 ? null : workload.Organisation,
        Models = workload.Models,
        Frames = [.. workload.Frames.Select(static key => key.ToString("x16", CultureInfo.InvariantCulture))],
        DailyMax = workload.DailyMax == 0 ? null : workload.DailyMax,
        Explains = WorkloadKinds.NamesOf(workload.Explains),
        VouchedBy = workload.VouchedBy,
        Note = workload.Note,
        From = workload.From,
        Until = workload.Until,
        RecordedAt = workload.RecordedAt,
    };
}

/// <summary>All declarations.</summary>
internal sealed record WorkloadListAnswer
{
    [Description("Declarations that hold or will hold, and former ones too when asked for; in the order of their ids.")]
    public required IReadOnlyList<WorkloadAnswer> Workloads { get; init; }
}
