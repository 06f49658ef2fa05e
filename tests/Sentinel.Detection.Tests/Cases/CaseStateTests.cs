using System.Collections.Immutable;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Cases;

/// <summary>What may be done to a case, and what its events make of it.</summary>
public sealed class CaseStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableArray<string> Members = ["a", "b", "c", "d"];
    private static readonly WishedRuling Block = new(RulingKind.Block, "one frame", "tos-4", null);

    [Fact]
    public void Claim_AnotherHoldsIt_IsRefusedUntilItExpires()
    {
        var state = Opened();
        Assert.Equal(CaseOutcome.Done, state.TryClaim("ann", Start, ReviewPolicy.Default, out var change));
        state = Then(state, change!, "ann", Start);
        Assert.Equal(CaseStage.Claimed, state.StageAt(Start.AddMinutes(29)));
        Assert.Equal(CaseOutcome.ClaimedByAnother, state.TryClaim("bob", Start.AddMinutes(29), ReviewPolicy.Default, out _));
        Assert.Equal(CaseOutcome.ClaimedByAnother, Rule(state, "bob", 4, Start.AddMinutes(29), out _));
        Assert.Equal(CaseOutcome.Done, state.TryClaim("ann", Start.AddMinutes(29), ReviewPolicy.Default, out _));
        Assert.Equal(CaseStage.Open, state.StageAt(Start.AddMinutes(30)));
        Assert.Equal(CaseOutcome.Done, state.TryClaim("bob", Start.AddMinutes(30), ReviewPolicy.Default, out _));
    }

    [Fact]
    public void Rule_AndUndo_WithinTheWindowOnly()
    {
        var state = Opened();
        Assert.Equal(CaseOutcome.Done, Rule(state, "ann", 4, Start, out var ruled));
        state = Then(state, ruled!, "ann", Start);
        Assert.Equal((CaseStage.Decided, "ann"), (state.StageAt(Start), state.Ruling!.By));
        Assert.Equal(CaseOutcome.AlreadyDecided, Rule(state, "bob", 4, Start, out _));
        Assert.Equal(CaseOutcome.TooLate, state.TryUndo("no", Start.AddHours(1.01), ReviewPolicy.Default, out _));
        Assert.Equal(CaseOutcome.Done, state.TryUndo("no", Start.AddHours(1), ReviewPolicy.Default, out var undone));
        state = Then(state, undone!, "ann", Start);
        Assert.Equal((CaseStage.Reopened, null), (state.StageAt(Start), state.Ruling));
        Assert.Equal(CaseOutcome.Done, Rule(state, "bob", 4, Start, out _));
    }

    [Fact]
    public void Rule_OnManyAccounts_NeedsASecondPerson()
    {
        var most = ReviewPolicy.Default.AloneAccountsMax;
        Assert.Equal(CaseOutcome.Done, Rule(Opened(), "ann", most, Start, out _));
        Assert.Equal(CaseOutcome.Proposed, Rule(Opened(), "ann", most + 1, Start, out var proposed));
        var state = Then(Opened(), proposed!, "ann", Start);
        Assert.Equal(CaseStage.Open, state.StageAt(Start));
        Assert.Equal(CaseOutcome.WaitsForApproval, Rule(state, "bob", 1, Start, out _));
        Assert.Equal(CaseOutcome.SamePerson, state.TryApprove("ann", most, Start, out _));
        Assert.Equal(CaseOutcome.Done, state.TryApprove("bob", most, Start.AddHours(2), out var approved));
        state = Then(state, approved!, "bob", Start.AddHours(2));
        Assert.Equal(("ann", "bob", Start.AddHours(2)), (state.Ruling!.By, state.Ruling.ApprovedBy, state.Ruling.At));
    }

    [Theory]
    [InlineData(false, CaseStage.Reopened)]
    [InlineData(true, CaseStage.Decided)]
    public void Appeal_IsDecidedBySomebodyElse(bool isUpheld, CaseStage after)
    {
        var state = Opened();
        Rule(state, "ann", 4, Start, out var ruled);
        state = Then(state, ruled!, "ann", Start);
        Assert.Equal(CaseOutcome.NotMembers, state.TryAppeal("t-1", ["z"], "why?", Members, Start, out _));
        Assert.Equal(CaseOutcome.Done, state.TryAppeal("t-1", [], "why?", Members, Start, out var appealed));
        state = Then(state, appealed!, "key:support", Start);
        Assert.Equal(CaseStage.Appealed, state.StageAt(Start));
        Assert.Equal(CaseOutcome.Unchanged, state.TryAppeal("t-1", [], "why?", Members, Start, out _));
        Assert.Equal(CaseOutcome.SamePerson, state.TryDecideAppeal("t-1", isUpheld, "so", "ann", out _));
        Assert.Equal(CaseOutcome.Done, state.TryDecideAppeal("t-1", isUpheld, "so", "bob", out var decided));
        Assert.Equal(after, Then(state, decided!, "bob", Start).StageAt(Start));
    }

    [Fact]
    public void Members_ExcludedSplitAndMerged_AreCountedOnce()
    {
        var state = Opened();
        Assert.Equal(CaseOutcome.NotMembers, state.TryExclude(Members, "all", Members, "ann", Start, out _));
        Assert.Equal(CaseOutcome.Done, state.TryExclude(["a"], "a tutor", Members, "ann", Start, out var excluded));
        state = Then(state, excluded!, "ann", Start);
        Assert.Equal(CaseOutcome.Done, state.TrySplit(["b"], "another hand", state.MembersAmong(Members), "ann", Start, out var split));
        state = Then(state, split!, "ann", Start);
        Assert.Equal("case-1-s3", ((CaseSplit)split!).NewCaseId);
        Assert.Equal(CaseOutcome.Done, state.TryMerge("case-2", ["a", "x"], "one hand", "ann", Start, out var merged));
        state = Then(state, merged!, "ann", Start);
        Assert.Equal(["a", "c", "d", "x"], state.MembersAmong(Members).AsEnumerable());
        var other = Opened();
        Assert.Equal(CaseOutcome.Done, other.TryYield("case-9", "one hand", "ann", Start, out var taken));
        Assert.Equal(CaseOutcome.TakenOver, Then(other, taken!, "ann", Start).TryClaim("ann", Start, ReviewPolicy.Default, out _));
    }

    // Whatever is tried in whatever order: what a case decides can be appended, and the fold of its events is the case.
    [Fact]
    public void Fold_OfAnythingDecided_HoldsItsInvariants()
    {
        var total = 0;
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var (state, events, now) = (Opened(), new List<CaseEvent> { Opening }, Start);
            var appended = 0;
            for (var step = 0; step < 60; step++)
            {
                now += TimeSpan.FromMinutes(random.Next(50));
                var by = $"p{random.Next(3)}";
                if (Try(state, random, by, now) is not { } change)
                {
                    continue;
                }

                var claim = state.ClaimAt(now);
                var next = new CaseEvent(state.Id, state.Version + 1, now, by, change);
                events.Add(next);
                var after = state.After(next);
                appended++;
                Assert.True(change is not (CaseRuled or RulingProposed) || claim is null || claim.By == by || state.Proposal is not null, $"seed {seed}");
                Assert.True(after.Ruling?.ApprovedBy is null || after.Ruling.ApprovedBy != after.Ruling.By, $"seed {seed}");
                Assert.True(after.Ruling is null || after.Ruling.Accounts <= 25 || after.Ruling.ApprovedBy is not null, $"seed {seed}");
                Assert.True(after.Ruling is not null || after.Appeals.IsEmpty, $"seed {seed}");
                state = after;
            }

            total += appended;
            Assert.Equal(state.ToString(), CaseState.Of(events)!.ToString());
        }

        Assert.True(total > 300 * 10, $"only {total} events");
    }

    [Fact]
    public void Fold_WithAnEventMissing_Throws()
    {
        var state = Opened();
        Assert.Throws<InvalidOperationException>(() => state.After(new CaseEvent(state.Id, 3, Start, "ann", new CaseReleased())));
        Assert.Throws<InvalidOperationException>(() => CaseState.Of([new CaseEvent("x", 1, Start, "ann", new CaseReleased())]));
    }

    [Fact]
    public void Priority_IsSeverityTimesVolumeTimesConfidence()
    {
        var facts = Facts with { Risk = 1, Exchanges = 10_000_000, Level = VerdictLevel.Abusive, AbuseTypes = [AbuseType.ReasoningExtraction] };
        Assert.Equal(100, facts.Priority, 3);
        Assert.Equal(50, (facts with { Risk = 0.5 }).Priority, 3);
        Assert.Equal(60, (facts with { Level = VerdictLevel.Suspect }).Priority, 3);
        Assert.True((facts with { Exchanges = 1_000 }).Priority < 45);
        Assert.Equal(0, (facts with { Exchanges = 0 }).Priority);
    }

    private static CaseFacts Facts { get; } =
        new(VerdictLevel.Abusive, 0.99, [AbuseType.ReasoningExtraction], 4, 1_000, Start, "4 accounts");

    private static CaseEvent Opening { get; } =
        new("case-1", 1, Start, CaseEvent.Machine, new CaseOpened(CaseKind.Campaign, "cmp-1", Facts, [], null));

    private static CaseState Opened() => CaseState.Of([Opening])!;

    private static CaseState Then(CaseState state, CaseChange change, string by, DateTimeOffset at) =>
        state.After(new CaseEvent(state.Id, state.Version + 1, at, by, change));

    private static CaseOutcome Rule(CaseState state, string by, int accounts, DateTimeOffset now, out CaseChange? change) =>
        state.TryRule(Block, accounts, by, now, ReviewPolicy.Default, out change);

    private static CaseChange? Try(CaseState state, Random random, string by, DateTimeOffset now)
    {
        var members = state.MembersAmong(Members);
        CaseChange? change = null;
        _ = random.Next(9) switch
        {
            0 => state.TryClaim(by, now, ReviewPolicy.Default, out change),
            1 => state.TryRelease(by, now, out change),
            2 or 3 => Rule(state, by, random.Next(1, 50), now, out change),
            4 => state.TryApprove(by, random.Next(1, 50), now, out change),
            5 => state.TryUndo("no", now, ReviewPolicy.Default, out change),
            6 => state.TryAppeal($"t-{random.Next(4)}", [], "why?", members, now, out change),
            7 => state.TryDecideAppeal($"t-{random.Next(4)}", random.Next(2) == 0, "so", by, out change),
            _ => state.TryReopen("again", out change),
        };
        return change;
    }
}
