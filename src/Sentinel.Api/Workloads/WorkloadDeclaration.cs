using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Workloads;

/// <summary>A workload as people declare it: over HTTP, or in a file where it says its id and time.</summary>
internal sealed record WorkloadDeclaration
{
    private const int IdCharsMax = 64;
    private const int TextCharsMax = 512;
    private const int DaysMax = 731;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // A misspelt limit would be no limit.
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    [Description("Id, in a file; over HTTP it is in the path.")]
    public string? Id { get; init; }

    [Description("evaluation_suite, ci_agent, gateway, grader, auditor, labelling or test_data.")]
    public string? Kind { get; init; }

    [Description("Accounts that run it, up to 1,000.")]
    public ImmutableArray<string>? Accounts { get; init; }

    [Description("An organisation all of whose accounts run it.")]
    public string? Organisation { get; init; }

    [Description("Models that it asks for; any when absent.")]
    public ImmutableArray<string>? Models { get; init; }

    [Description("Keys of the frames that it sends, 16 hexadecimal digits each; any when absent.")]
    public ImmutableArray<string>? Frames { get; init; }

    [Description("Exchanges of one account a day; any number when absent.")]
    public int? DailyMax { get; init; }

    [Description("Evidence that it explains; all that its kind can explain when absent.")]
    public ImmutableArray<string>? Explains { get; init; }

    [Description("Who answers for it.")]
    public string? VouchedBy { get; init; }

    [Description("Why it was believed.")]
    public string? Note { get; init; }

    [Description("When it begins to hold; as soon as it can when absent.")]
    public DateTimeOffset? From { get; init; }

    [Description("When it ends to hold, within two years.")]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Reads the declarations of a file; each must say its id and from when on it holds.</summary>
    public static bool TryReadFile(string text, out ImmutableArray<Workload> workloads, out string fault)
    {
        workloads = [];
        WorkloadDeclaration[]? declared;
        try
        {
            declared = JsonSerializer.Deserialize<WorkloadDeclaration[]>(text, Json);
        }
        catch (JsonException cause)
        {
            fault = cause.Message;
            return false;
        }

        var read = ImmutableArray.CreateBuilder<Workload>();
        foreach (var declaration in declared ?? [])
        {
            if (declaration.Id is not { } id || declaration.From is not { } from)
            {
                fault = $"declaration {read.Count + 1} lacks its id or its from.";
                return false;
            }

            if (!declaration.TryRead(id, from, from, out var workload, out fault))
            {
                fault = $"{id}: {fault}";
                return false;
            }

            read.Add(workload!);
        }

        (workloads, fault) = (read.DrainToImmutable(), "");
        return workloads.Length <= WorkloadRegister.WorkloadsMax;
    }

    /// <summary>The workload, or what is wrong with its declaration.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="from">From when on it holds.</param>
    /// <param name="recordedAt">When it was declared.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="fault">A sentence, empty when nothing is wrong.</param>
    public bool TryRead(
        string id, DateTimeOffset from, DateTimeOffset recordedAt, out Workload? workload, out string fault)
    {
        workload = null;
        var kind = WorkloadKinds.Names.IndexOf(Kind ?? "");
        fault = !IsId(id) ? $"id is 1 to {IdCharsMax} of a-z, 0-9, '.', '_' and '-'."
            : kind < 0 ? $"kind is one of {string.Join(", ", WorkloadKinds.Names)}."
            : FaultOfHolders() ?? FaultOfTexts() ?? FaultOfTime(from) ?? "";
        var frames = ImmutableArray.CreateBuilder<ulong>();
        foreach (var frame in fault.Length == 0 ? Frames ?? [] : [])
        {
            if (frame.Length != 16
                || !ulong.TryParse(frame, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
            {
                fault = "a frame is 16 hexadecimal digits.";
                return false;
            }

            frames.Add(key);
        }

        if (fault.Length > 0 || !TryReadExplains((WorkloadKind)kind, out var explains, ref fault))
        {
            return false;
        }

        workload = new Workload(
            id, (WorkloadKind)kind, Accounts ?? [], Organisation ?? "", explains, VouchedBy!, from, Until!.Value)
        {
            Models = Models ?? [], Frames = frames.DrainToImmutable(), DailyMax = DailyMax ?? 0, Note = Note ?? "",
            RecordedAt = recordedAt,
        };
        return true;
    }

    /// <summary>Whether a text can be an id.</summary>
    internal static bool IsId(string text) => text.Length is > 0 and <= IdCharsMax
        && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    private string? FaultOfHolders()
    {
        var accounts = Accounts ?? [];
        return accounts.IsEmpty && string.IsNullOrEmpty(Organisation) ? "accounts or organisation says whose it is."
            : accounts.Length > Workload.AccountsMax ? $"accounts are at most {Workload.AccountsMax}."
            : !accounts.All(AccountIdText.IsValid) ? $"an account is 1 to {AccountIdText.CharsMax} characters."
            : Organisation is { Length: > 0 } && !AccountIdText.IsValid(Organisation) ? "organisation is too long."
            : null;
    }

    private string? FaultOfTexts() =>
        string.IsNullOrWhiteSpace(VouchedBy) ? "vouched_by says who answers for it."
        : VouchedBy.Length > TextCharsMax || Note is { Length: > TextCharsMax }
            ? $"vouched_by and note are at most {TextCharsMax} characters."
        : (Models ?? []).Length > Workload.LooksMax || (Frames ?? []).Length > Workload.LooksMax
            ? $"models and frames are at most {Workload.LooksMax} each."
        : !(Models ?? []).All(AccountIdText.IsValid) ? "a model is 1 to 128 characters."
        : DailyMax < 0 ? "daily_max is not negative."
        : null;

    private string? FaultOfTime(DateTimeOffset from) =>
        Until is not { } until ? "until says when it ends to hold."
        : until <= from ? "until is after from."
        : until - from > TimeSpan.FromDays(DaysMax) ? "until is within two years."
        : null;

    private bool TryReadExplains(WorkloadKind kind, out WorkloadEvidence explains, ref string fault)
    {
        var may = WorkloadKinds.MayExplain(kind);
        explains = Explains is null ? may : WorkloadEvidence.None;
        foreach (var name in Explains ?? [])
        {
            if (!WorkloadKinds.TryOf(name, out var evidence) || !may.HasFlag(evidence))
            {
                fault = $"a workload of this kind can explain {string.Join(", ", WorkloadKinds.NamesOf(may))}.";
                return false;
            }

            explains |= evidence;
        }

        return true;
    }
}
