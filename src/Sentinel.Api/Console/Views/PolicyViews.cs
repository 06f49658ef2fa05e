using System.Globalization;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Policy;

namespace Sentinel.Api.Console.Views;

/// <summary>Makes what the page of policies shows. Pure.</summary>
internal static class PolicyViews
{
    /// <summary>The view.</summary>
    public static PoliciesView Of(DetectionPolicy policy, ReviewPolicy review) => new(
        policy,
        [
            Of("Watch", policy.WatchNats, $"at most {Share(policy.WatchBudget)} of innocent accounts; ranks and accuses nobody"),
            Of("Suspect", policy.SuspectNats, $"at most {Share(policy.SuspectBudget)} of innocent accounts, ever"),
            Of("Abusive", policy.AbusiveNats, $"at most {Share(policy.AbusiveBudget)} of innocent accounts, ever"),
            new FigureView("Prior odds", Number(policy.PriorOdds), "of abuse, from which risk is computed"),
            new FigureView("Smallest campaign", $"{policy.CampaignAccountsMin}", "accounts"),
            Of("A pool of strangers", policy.PoolNats, $"from {policy.PoolAccountsMin} accounts on one instrument, at most"),
            Of("Likeness within a pool", policy.LikenessNatsMax, $"from {policy.AlikeAccountsMin} accounts, at most"),
            Of("A common pace", policy.PaceNatsMax, "at most: with hardly anything else it flags, and never blocks by itself"),
            Of("Equal volumes", policy.EvennessNatsMax, $"at most; {Number(policy.SplitNatsMax)} where next to nothing was sent twice"),
            Of("Instruments shared within a frame", policy.TiesNatsMax, "at most"),
            Of("A foreign reasoning reference", policy.ForeignReferenceNats, "each of the first three"),
            Of("Outputs of strangers put in", policy.RecirculationNatsMax, "at most, and never alone"),
            Of("Successor of a silent campaign", policy.SuccessorNats, "for a new account that takes up what convicted it"),
            Of("Habits", policy.HabitNatsMax, "at most: with nothing else they do not even make an account worth watching"),
        ],
        [
            new FigureView("A claim holds", Duration(review.ClaimFor), "then anybody may take the case"),
            new FigureView("Undo within", Duration(review.UndoWithin), "afterwards a case is reopened"),
            new FigureView("Second person above", Shown.Count(review.AloneAccountsMax), "accounts"),
            new FigureView("Dismissed accounts are released for", Duration(review.ReleaseFor), "whatever the machine concludes"),
            new FigureView("A watched case comes back after", Duration(review.WatchFor), ""),
        ]);

    private static FigureView Of(string name, double nats, string note) => new(name, $"{Number(nats)} nats", note);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Share(double share) => $"1 in {Shown.Count((long)Math.Round(1 / share))}";

    private static string Duration(TimeSpan time) => time.TotalDays >= 1 ? $"{time.TotalDays:0.#} days"
        : time.TotalHours >= 1 ? $"{time.TotalHours:0.#} h" : $"{time.TotalMinutes:0.#} min";
}
