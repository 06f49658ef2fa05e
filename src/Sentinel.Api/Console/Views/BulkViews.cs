using System.Collections.Immutable;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what pages about many cases show. Pure.</summary>
internal static class BulkViews
{
    /// <summary>What it would come to.</summary>
    public static BulkView Of(
        RuleMany.Command dry, ManyResult looked, WishedView wished, string fault, long allExchanges,
        ImmutableArray<(string Id, int Version)> picked)
    {
        var versions = picked.ToDictionary(static one => one.Id, static one => one.Version, StringComparer.Ordinal);
        ImmutableArray<BulkRow> rows = [.. looked.Cases.Select(one => RowOf(one) with { Version = versions[one.CaseId] })];
        return new BulkView(
            WordOf(dry.Deed), rows, fault.Length > 0 ? wished : Suggest(wished, looked), looked.Accounts, looked.Exchanges,
            allExchanges == 0 ? 0 : Math.Min(1, (double)looked.Exchanges / allExchanges), looked.WorkloadAccounts,
            looked.NeedsSecond, fault, KeyOf(rows));
    }

    /// <summary>What came of it.</summary>
    public static BulkDoneView DoneOf(RuleMany.Command done, ManyResult many, string back)
    {
        ImmutableArray<BulkRow> rows = [.. many.Cases.Select(RowOf)];
        return new BulkDoneView(WordOf(done.Deed), rows, many.NeedsSecond, back, KeyOf(rows));
    }

    private static BulkRow RowOf(CaseResult one) => new(
        one.CaseId,
        one.State?.Version ?? 0,
        one.State?.Facts.Headline ?? "",
        one.Accounts,
        one.State?.Proposal is { } proposal
            ? $"{CaseWords.Of(proposal.Kind).Replace('_', ' ')}, by {proposal.By}: {proposal.Reason}"
            : "",
        TextOf(one.Code),
        one.Code is "done" or "proposed" or "would_do" or "would_propose");

    private static string TextOf(string code) => code switch
    {
        "done" => "done",
        "proposed" => "proposed: waits for a second person",
        "would_do" => "will be done",
        "would_propose" => "will be proposed",
        "case_changed" => "not done: somebody changed it meanwhile",
        "no_such_case" => "not done: there is no such case",
        "claimed_by_another" => "not done: somebody else works on it",
        "already_decided" => "not done: a ruling stands",
        "not_decided" => "not done: no ruling stands",
        "waits_for_approval" => "not done: a proposal waits",
        "nothing_proposed" => "not done: nothing is proposed",
        "same_person" => "not done: it is for somebody else than who ruled or proposed",
        "too_late" => "not done: the time for that has passed",
        "taken_over" => "not done: it became part of another case",
        "bad_time" => "not done: this ruling needs a time to come",
        _ => $"not done: {code.Replace('_', ' ')}",
    };

    // One sentence that all share says why; else whoever decides says it.
    private static WishedView Suggest(WishedView wished, ManyResult looked)
    {
        var headlines = looked.Cases.Select(static one => one.State?.Facts.Headline ?? "").Distinct(StringComparer.Ordinal).ToArray();
        return wished with
        {
            Reason = headlines is [{ Length: > 0 } same] ? same : "",
            Policy = "terms-of-service",
        };
    }

    private static string WordOf(RuleMany.Deed deed) => deed switch
    {
        RuleMany.Deed.Approve => "approve",
        RuleMany.Deed.Undo => "undo",
        _ => "rule",
    };

    private static string KeyOf(ImmutableArray<BulkRow> rows) => Digest.HexOf(
        string.Join('\n', rows.Select(static row => row.Id)), letters: 16);
}
