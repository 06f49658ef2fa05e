using System.Collections.Immutable;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Cases;

/// <summary>What becomes of accounts that join a campaign after people ruled on it.</summary>
public sealed class JoiningTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Extend_WithinWhatOnePersonMayRuleOn_CoversThemUntilTheRulingEnds()
    {
        var state = Then(Ruled(accounts: 4, approvedBy: null), new MembersExcluded(["tutor"], "no"));
        Assert.Equal(CaseOutcome.Done, state.TryExtend(["new", "tutor"], Start, ReviewPolicy.Default, out var change));
        Assert.Equal(["new"], Assert.IsType<RulingExtended>(change).Accounts.AsEnumerable());
        var extended = Then(state, change!);
        Assert.Equal(["new"], extended.LaterAccounts.AsEnumerable());
        Assert.Equal(CaseOutcome.Unchanged, extended.TryExtend(["new"], Start, ReviewPolicy.Default, out _));
        var undone = Then(extended, new RulingUndone(extended.Ruling!.Id, "no"));
        Assert.Empty(undone.LaterAccounts);
        Assert.Equal(CaseOutcome.NotDecided, undone.TryExtend(["new"], Start, ReviewPolicy.Default, out _));
    }

    [Theory]
    [InlineData(4, null, 21, true)]
    [InlineData(4, null, 22, false)] // More than one person alone may rule on.
    [InlineData(200, "bob", 200, true)]
    [InlineData(200, "bob", 201, false)] // More than twice what two agreed on.
    public void Extend_BeyondWhatTheRulingMayGrowTo_MakesACaseForPeople(int accounts, string? approvedBy, int joined, bool isCovered)
    {
        var state = Ruled(accounts, approvedBy);
        Assert.Equal(CaseOutcome.Done, state.TryExtend(Names(joined), Start, ReviewPolicy.Default, out var change));
        Assert.Equal(isCovered, change is RulingExtended);
        if (change is CaseSplit split)
        {
            Assert.Equal(("case-1-s3", joined), (split.NewCaseId, split.Accounts.Length));
            var after = Then(state, change);
            Assert.Equal(state.Ruling, after.Ruling);
            Assert.Empty(after.MembersAmong(Names(joined)));
            Assert.Equal(("case-1", joined), (state.OpenedBy(split, 300).SplitFrom, state.OpenedBy(split, 300).Members.Length));
            ImmutableArray<string> later = [.. Names(500).Select(static name => "later-" + name)];
            Assert.Equal(CaseOutcome.Unchanged, after.TryExtend(later, Start.AddMinutes(59), ReviewPolicy.Default, out _));
            Assert.Equal(CaseOutcome.Done, after.TryExtend(later, Start.AddHours(1), ReviewPolicy.Default, out change));
            Assert.IsType<CaseSplit>(change);
        }
    }

    [Fact]
    public void Extend_ARulingThatEnded_CoversNobody()
    {
        var state = Ruled(4, null, Start.AddDays(1));
        Assert.Equal(CaseOutcome.Done, state.TryExtend(["new"], Start, ReviewPolicy.Default, out _));
        Assert.Equal(CaseOutcome.NotDecided, state.TryExtend(["new"], Start.AddDays(1), ReviewPolicy.Default, out _));
    }

    [Fact]
    public void Ends_FollowFromTheEvents()
    {
        CaseEvent[] events =
        [
            At(1, Opened()), At(2, new CaseRuled(Ruling("r2", 4, null, null))), At(3, new RulingUndone("r2", "no")),
            At(4, new CaseRuled(Ruling("r4", 4, null, null))),
            At(5, new AppealFiled(new CaseAppeal("t", "r4", ["a"], "why", Start))),
            At(6, new AppealDecided("t", IsUpheld: false, "so")),
            At(7, new AppealFiled(new CaseAppeal("u", "r4", [], "why", Start))), At(8, new AppealDecided("u", IsUpheld: true, "so")),
            At(9, new CaseReopened("again")), At(10, new CaseNoted("n")),
        ];
        var ends = RulingEnd.Of(events);
        Assert.Equal(["r2", "r4", "r4"], ends.Select(static end => end.RulingId));
        Assert.Equal([false, true, false], ends.Select(static end => end.IsReleased));
        Assert.Equal(["a"], ends[1].Accounts.AsEnumerable());
        Assert.True(ends[0].Accounts.IsEmpty && ends[2].Accounts.IsEmpty);
    }

    private static CaseState Ruled(int accounts, string? approvedBy, DateTimeOffset? until = null) =>
        CaseState.Of([At(1, Opened()), At(2, new CaseRuled(Ruling("case-1.2", accounts, approvedBy, until)))])!;

    private static CaseState Then(CaseState state, CaseChange change) =>
        state.After(new CaseEvent(state.Id, state.Version + 1, Start, CaseEvent.Machine, change));

    private static CaseEvent At(int version, CaseChange change) => new("case-1", version, Start, "ann", change);

    private static CaseRuling Ruling(string id, int accounts, string? approvedBy, DateTimeOffset? until) =>
        new(id, RulingKind.Block, "one frame", "tos-4", until, accounts, "ann", approvedBy, Start);

    private static CaseOpened Opened() => new(
        CaseKind.Campaign, "cmp-1", new CaseFacts(VerdictLevel.Abusive, 0.99, [AbuseType.ReasoningExtraction], 4, 100, Start, "4 accounts"),
        [], null);

    private static ImmutableArray<string> Names(int count) => [.. Enumerable.Range(0, count).Select(static i => $"n{i:0000}")];
}
