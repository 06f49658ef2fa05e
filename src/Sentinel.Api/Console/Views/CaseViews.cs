using System.Collections.Immutable;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what pages show of cases. Pure.</summary>
internal static class CaseViews
{
    private const int RelatedMax = 20;

    /// <summary>A case for its page.</summary>
    /// <param name="detail">The case.</param>
    /// <param name="reader">Who looks.</param>
    /// <param name="now">When.</param>
    /// <param name="colleagues">To whom it can be given, by their ids; empty where who looks cannot.</param>
    public static CaseView Of(
        CaseDetail detail, Reviewer reader, DateTimeOffset now, ImmutableArray<string> colleagues = default)
    {
        var state = detail.State;
        var claim = state.ClaimAt(now);
        var isOpen = state.Ruling is null && state.TakenOverBy is null;
        var isTheirs = state.Ruling?.By == reader.Id || reader.May(Permit.Overrule);
        return new CaseView(
            state.Id,
            CaseWords.Of(state.Kind),
            state.Version,
            CaseWords.Of(detail.Stage),
            state.Priority,
            state.OpenedAt,
            claim?.By ?? "",
            claim?.Until,
            claim?.By == reader.Id,
            state.AssignedTo ?? "",
            state.IsEscalated,
            RulingOf(state),
            detail.UndoUntil > now ? detail.UndoUntil : null,
            Of(state.Proposal),
            [.. state.Appeals.Select(static one => new AppealView(one.Id, one.Accounts, one.Text, one.FiledAt))],
            [.. detail.History.Reverse().Select(Of)],
            new CaseCan(
                reader.May(Permit.Work),
                isOpen && state.Proposal is null && reader.May(Permit.Rule),
                state.Ruling is not null && detail.UndoUntil > now && isTheirs && reader.May(Permit.Rule),
                state.Proposal is { } proposal && proposal.By != reader.Id && reader.May(Permit.Approve),
                state.Ruling is { } ruling && ruling.By != reader.Id && ruling.ApprovedBy != reader.Id && reader.May(Permit.DecideAppeal),
                state.Ruling is not null && !(detail.UndoUntil > now) && reader.May(Permit.Overrule),
                isOpen && state.Proposal is null && reader.May(Permit.ChangeMembers)))
        {
            Tags = state.Tags,
            Colleagues = colleagues.IsDefault ? [] : colleagues,
            TakenOverBy = state.TakenOverBy ?? "",
            Removed = state.RemovedMembers,
            Added = state.AddedMembers,
            Related =
            [
                .. detail.Related.Take(RelatedMax).Select(one => new RelatedView(
                    one.Id, one.Facts.Headline,
                    one.TakenOverBy == state.Id ? "part of this case"
                        : one.TakenOverBy is { } heir ? $"part of {heir}"
                        : one.Ruling is { } ruling ? Spaced(ruling) : CaseWords.Of(one.StageAt(now)))),
            ],
        };
    }

    /// <summary>A row of the queue.</summary>
    public static QueueRow RowOf(CaseSummary one, DateTimeOffset now) => new(
        one.Id,
        HrefOf(one.Id),
        CaseWords.Of(one.Kind),
        one.Facts.Headline,
        [.. one.Facts.AbuseTypes.Select(WireNames.Of)],
        one.Priority,
        one.Facts.Risk,
        WireNames.Of(one.Facts.Level),
        one.Facts.Accounts,
        one.Facts.Exchanges,
        one.IsProposed ? "proposed" : CaseWords.Of(one.StageAt(now)),
        one.ClaimAt(now)?.By ?? "",
        one.OpenedAt,
        one.Version)
    {
        Ruling = one.Ruling is { } ruling ? CaseWords.Of(ruling) : "",
        Tags = one.Tags,
        AssignedTo = one.AssignedTo ?? "",
    };

    /// <summary>Where a case is shown.</summary>
    public static string HrefOf(string caseId) => "/console/cases/" + Uri.EscapeDataString(caseId);

    /// <summary>Something that happened, in words.</summary>
    public static HistoryView Of(CaseEvent one) => new(one.At, one.By, one.Change switch
    {
        CaseOpened opened => opened.SplitFrom is { } from ? $"split off {from}" : "opened: " + opened.Facts.Headline,
        CaseRefreshed refreshed => "the machine found more: " + refreshed.Facts.Headline,
        CaseClaimed claimed => $"claimed until {Shown.Time(claimed.Until)}",
        CaseReleased => "gave the claim back",
        RulingProposed proposed => $"proposed to {Spaced(proposed.Ruling.Kind)}: {proposed.Ruling.Reason}",
        ProposalRejected rejected => $"did not agree: {rejected.Reason}",
        CaseRuled ruled => $"ruled {Spaced(ruled.Ruling.Kind)} on {Shown.Count(ruled.Ruling.Accounts, "account", "accounts")}: {ruled.Ruling.Reason}",
        RulingUndone undone => $"took the ruling back: {undone.Reason}",
        AppealFiled filed => $"appeal {filed.Appeal.Id}: {filed.Appeal.Text}",
        AppealDecided decided => $"{(decided.IsUpheld ? "upheld the ruling" : "overturned the ruling")} on appeal {decided.AppealId}: {decided.Reason}",
        CaseReopened reopened => $"reopened: {reopened.Reason}",
        CaseNoted noted => $"noted: {noted.Text}",
        CaseTagged tagged => $"tagged: {string.Join(", ", tagged.Tags)}",
        CaseAssigned assigned => assigned.To is { } to ? $"gave it to {to}" : "took it from whom it was given to",
        MembersExcluded excluded => $"took out {Shown.Count(excluded.Accounts.Length, "account", "accounts")}: {excluded.Reason}",
        CaseSplit split => $"split off {split.NewCaseId}: {split.Reason}",
        CaseMerged merged => $"took over {merged.OtherCaseId}: {merged.Reason}",
        CaseTakenOver taken => $"became part of {taken.CaseId}: {taken.Reason}",
        RulingExtended extended => $"put {Shown.Count(extended.Accounts.Length, "account", "accounts")} that joined later under the ruling: {Some(extended.Accounts)}",
        CasesJoined joined => $"took in {Shown.Count(joined.CaseIds.Length, "case", "cases")} of its accounts: {Some(joined.CaseIds)}",
        CaseEscalated escalated => $"escalated: {escalated.Reason}",
        _ => "changed it",
    });

    private static string Spaced(RulingKind kind) => CaseWords.Of(kind).Replace('_', ' ');

    private static string Some(ImmutableArray<string> names)
    {
        const int NamesMax = 5;
        return string.Join(", ", names.Take(NamesMax)) + (names.Length > NamesMax ? " …" : "");
    }

    // With those that joined later, whom the ruling is on as well.
    private static RulingView? RulingOf(CaseState state) =>
        Of(state.Ruling is { } ruling ? ruling with { Accounts = ruling.Accounts + state.LaterAccounts.Length } : null);

    private static RulingView? Of(CaseRuling? ruling) => ruling is null
        ? null
        : new RulingView(
            Spaced(ruling.Kind), ruling.Reason, ruling.Policy, ruling.Accounts, ruling.By, ruling.ApprovedBy ?? "", ruling.At,
            ruling.Until);
}
