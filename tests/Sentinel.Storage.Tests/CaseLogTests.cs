using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

/// <summary>Cases, their queue and the audit log in a real database.</summary>
[Collection(OneEngine.Name)]
public sealed class CaseLogTests(StoreEngine fixture)
{
    private static readonly DateTimeOffset Start = Sample.Start;

    [Fact]
    public async Task Append_ManyOnTheSameVersion_ExactlyOneSucceedsAndOthersAreTold()
    {
        const int Rounds = 40;
        const int Writers = 4;
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new CaseLog(clickHouse);
        await log.OpenAsync([("case-1", Opened("cmp-1", 0.9))], CaseEvent.Machine, Start, CancellationToken.None);
        for (var round = 0; round < Rounds; round++)
        {
            var state = (await log.FindAsync("case-1", CancellationToken.None))!;
            var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
                new CaseLog(clickHouse).AppendAsync(
                    state, new CaseNoted($"{round}/{writer}"), $"w{writer}", Start, CancellationToken.None))));
            var winner = Assert.Single(results, static result => result.After is not null);
            Assert.Equal(state.Version + 1, winner.After!.Version);
            var there = Assert.Single(await log.ReadAsync("case-1", state.Version, CancellationToken.None));
            Assert.All(results.Where(static result => result.After is null), lost => Assert.Equal(there, Assert.Single(lost.Since)));
        }

        Assert.Equal(1 + Rounds, (await log.FindAsync("case-1", CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task Read_EveryKindOfEvent_ComesBackAsItWas()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new CaseLog(clickHouse);
        var ruling = new CaseRuling("r", RulingKind.StripReasoning, "why '\\ 数", "p", Start, 3, "ann", "bob", Start);
        CaseChange[] changes =
        [
            new CaseRefreshed(Opened("cmp-1", 0.5).Facts), new CaseClaimed(Start), new CaseReleased(), new RulingProposed(ruling),
            new ProposalRejected("no"), new CaseRuled(ruling), new AppealFiled(new CaseAppeal("t", "r", ["a"], "text", Start)),
            new AppealDecided("t", true, "so"), new RulingUndone("r", "no"), new CaseReopened("again"), new CaseNoted("n"),
            new CaseTagged(["x", "y"]), new CaseAssigned(null), new MembersExcluded(["a"], "no"), new CaseSplit("s", ["b"], "two"),
            new CaseMerged("m", ["c"], "one"), new CaseEscalated("hard", "p"), new CaseTakenOver("o", "one"),
            new RulingExtended("r", ["d"]), new CasesJoined(["case-2"]),
        ];
        await log.OpenAsync([("case-1", Opened("cmp-1", 0.9))], CaseEvent.Machine, Start, CancellationToken.None);
        foreach (var change in changes)
        {
            var state = (await log.FindAsync("case-1", CancellationToken.None))!;
            Assert.NotNull((await log.AppendAsync(state, change, "ann", Start, CancellationToken.None)).After);
        }

        var read = await log.ReadAsync("case-1", afterVersion: 1, CancellationToken.None);
        Assert.Equal(typeof(CaseChange).GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false).Length - 1, read.Length);
        Assert.Equal(
            changes.Select(static one => System.Text.Json.JsonSerializer.Serialize(one)),
            read.Select(static one => System.Text.Json.JsonSerializer.Serialize(one.Change)));
    }

    [Fact]
    public async Task List_Queue_ShowsNewestVersionsOnceInOrderPageByPage()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var (log, reader) = (new CaseLog(clickHouse), new CaseReader(clickHouse));
        var risks = Enumerable.Range(1, 30).Select(static i => i / 40.0).ToArray();
        await log.OpenAsync(
            [.. risks.Select((risk, i) => ($"case-{i}", Opened($"cmp-{i}", risk)))], CaseEvent.Machine, Start, CancellationToken.None);
        for (var i = 0; i < 30; i += 3) // The newest version ranks elsewhere, or is decided.
        {
            var state = (await log.FindAsync($"case-{i}", CancellationToken.None))!;
            await log.AppendAsync(
                state,
                i % 2 == 0 ? new CaseRefreshed(state.Facts with { Risk = 0.99 - (i / 1000.0) }) : new CaseRuled(
                    new CaseRuling("r", RulingKind.Block, "why", "p", null, 1, "ann", null, Start)),
                "ann", Start, CancellationToken.None);
        }

        var (seen, after, pages) = (new List<CaseSummary>(), (CaseCursor?)null, 0);
        do
        {
            var page = await reader.ListAsync(
                new CaseFilter { IsWaiting = true }, CaseSort.Priority, 7, after, Start, CancellationToken.None);
            seen.AddRange(page.Cases);
            after = page.Next is { } next && CaseCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
            pages++;
        }
        while (after is not null);

        Assert.Equal((25, 4), (seen.Count, pages));
        Assert.Equal(25, seen.Select(static one => one.Id).Distinct().Count());
        Assert.Equal(seen.Select(static one => one.Priority).OrderDescending(), seen.Select(static one => one.Priority));
        Assert.Equal("case-0", seen[0].Id);
        var decided = await reader.ListAsync(
            new CaseFilter { Stage = CaseStage.Decided, RuledBy = "ann" }, CaseSort.Newest, 50, null, Start, CancellationToken.None);
        Assert.Equal(5, decided.Cases.Length);
        Assert.Empty((await reader.ListAsync(
            new CaseFilter { Abuse = AbuseType.AccountFraud }, CaseSort.Oldest, 5, null, Start, CancellationToken.None)).Cases);
        Assert.Equal(5, (await reader.CountAsync(CancellationToken.None))[CaseStage.Decided]);
        Assert.Equal(("ann", 5), Assert.Single(await reader.LoadAsync(Start.AddDays(-1), 5, CancellationToken.None)));
    }

    [Fact]
    public async Task Rulings_TakenBack_BringBackTheOneBefore()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new RulingLog(clickHouse);
        RulingRow Row(string id, DecisionAction action, int minute, DateTimeOffset? until = null) =>
            new("account", "a '1'", id, "case-1", action, Start.AddMinutes(minute), until);
        await log.PutAsync([Row("r1", DecisionAction.Block, 0)], CancellationToken.None);
        await log.PutAsync([Row("r2", DecisionAction.Allow, 1, Start.AddDays(1))], CancellationToken.None);
        Assert.Equal("r2", Assert.Single(await log.ReadInForceAsync(Start, CancellationToken.None)).RulingId);
        Assert.Equal("r1", Assert.Single(await log.ReadInForceAsync(Start.AddDays(1), CancellationToken.None)).RulingId);
        await log.WithdrawAsync(await log.OfRulingAsync("r2", CancellationToken.None), CancellationToken.None);
        Assert.Empty(await log.OfRulingAsync("r2", CancellationToken.None));
        Assert.Equal(
            Row("r1", DecisionAction.Block, 0),
            Assert.Single(await log.OfSubjectsAsync("account", ["a '1'", "other"], Start, CancellationToken.None)));
    }

    [Fact]
    public async Task Audit_WrittenByTwoAtOnce_IsOneChainAndShowsTampering()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        using var one = new AuditLog(clickHouse);
        using var other = new AuditLog(clickHouse);
        AuditEntry Entry(int i) => new(Start.AddSeconds(i), "ann", AuditKind.Manual, "case.ruled", $"case-{i}", "done", "{}");
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() =>
            (i % 2 == 0 ? one : other).AppendAsync([Entry(i), Entry(100 + i)], CancellationToken.None))));
        var whole = await one.VerifyAsync(CancellationToken.None);
        Assert.Equal((60L, 60L, null), (whole.Rows, whole.Head, whole.Fault));
        var page = await one.ListAsync(new AuditFilter("ann", "case.", "case-7"), long.MaxValue, 10, CancellationToken.None);
        Assert.Equal("case-7", Assert.Single(page).Entry.Subject);

        await clickHouse.ExecuteAsync("ALTER TABLE audit_log UPDATE actor = 'bob' WHERE number = 17 SETTINGS mutations_sync = 1", [], CancellationToken.None);
        Assert.Equal((17L, "altered"), FaultOf(await one.VerifyAsync(CancellationToken.None)));
        await clickHouse.ExecuteAsync("ALTER TABLE audit_log DELETE WHERE number = 17 SETTINGS mutations_sync = 1", [], CancellationToken.None);
        Assert.Equal((17L, "removed"), FaultOf(await one.VerifyAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task People_TwoWriteTheSameVersion_OneIsThere()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new PeopleLog(clickHouse);
        var results = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(() =>
            log.PutAsync(new PersonRow("ann", 1, $"Ann {i}", 1, false, "", (ulong)i, Start), CancellationToken.None))));
        Assert.Single(results, static isThere => isThere);
        Assert.Single(await log.ReadAsync(CancellationToken.None));
        var keys = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(() =>
            log.KeyAsync("sessions", $"k{i}", CancellationToken.None))));
        Assert.Single(keys.Distinct());
        await log.PutViewAsync("ann", new SavedView("mine", "?kind=campaign", Start), CancellationToken.None);
        await log.PutViewAsync("ann", new SavedView("other", "?x", Start), CancellationToken.None);
        await log.PutViewAsync("ann", new SavedView("other", "", Start.AddSeconds(1)), CancellationToken.None);
        Assert.Equal(new SavedView("mine", "?kind=campaign", Start), Assert.Single(await log.ViewsAsync("ann", CancellationToken.None)));
    }

    private static (long, string) FaultOf(AuditVerification verification) => (verification.Fault!.Number, verification.Fault.Kind);

    private static CaseOpened Opened(string subject, double risk) => new(
        CaseKind.Campaign,
        subject,
        new CaseFacts(VerdictLevel.Abusive, risk, [AbuseType.ReasoningExtraction], 4, 1_000, Start, "4 accounts"),
        [],
        null);
}
