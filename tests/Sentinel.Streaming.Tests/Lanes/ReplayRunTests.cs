using System.Text;
using System.Text.Json;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Lanes;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Lanes;

public sealed class ReplayRunTests
{
    private readonly FakeScorer _scorer = new();
    private readonly List<DeadLetter> _letters = [];

    [Fact]
    public async Task RunAsync_CountsAndKeepsEverything()
    {
        var log = new FakeLaneLog();
        byte[] text = [.. TestInput.Good(1_000), .. TestInput.Good(300), .. "nonsense\n{}\n"u8, .. TestInput.Good(5,
            1_000)];
        var summary = await ReplayAsync(log, TestInput.Of(text));

        Assert.Equal((1_005, 300, 2), (summary.Counts.Accepted, summary.Counts.Duplicates, summary.Counts.Rejected));
        Assert.Equal(["missing_property", "not_json"], summary.Counts.RejectedByCode.Keys);
        Assert.Equal((1_005L, 7), (summary.Exchanges, summary.Accounts));
        Assert.Equal(["not_json", "missing_property"], _letters.Select(letter => letter.Code));
        Assert.Equal(2, log.DeadLetters.Count);
        Assert.Equal(Enumerable.Range(0, 1_005).Select(i => (long)i), log.Observations.Select(seen => seen.Offset));
    }

    [Fact]
    public async Task RunAsync_Findings_AreTheSameHoweverItIsCut()
    {
        var text = Traffic.Mixed(5, 1_500);
        var expected = await FindAsync(text, workers: 1, commitRowsMax: 50_000);
        Assert.Contains("Abusive", expected, StringComparison.Ordinal);
        foreach (var (workers, rows) in ((int, int)[])[(2, 1), (2, 17), (5, 600)])
        {
            Assert.Equal(expected, await FindAsync(text, workers, rows));
        }
    }

    [Fact]
    public async Task RunAsync_OverTheSameData_ChangesNothing()
    {
        var log = new FakeLaneLog();
        var text = Traffic.Mixed(6, 600);
        var first = await ReplayAsync(log, TestInput.Of(text));
        var verdicts = log.Verdicts.Count;
        var second = await ReplayAsync(log, TestInput.Of(text));
        Assert.Equal((first.Exchanges, 600L, 0L), (second.Exchanges, second.Recovered, second.Counts.Accepted));
        Assert.Equal((first.Accounts, first.Flagged), (second.Accounts, second.Flagged));
        Assert.Equal(600, log.Observations.Count);
        Assert.Equal(verdicts, log.Verdicts.Count);
    }

    [Fact]
    public async Task RunAsync_ClockGoingBackwards_IsTakenAsItComes()
    {
        var lines = Enumerable.Range(0, 50).Select(i => ExchangeJson.Full($"e{i}", "a",
            1_790_000_000_000 - (i * 600_000L)));
        var summary = await ReplayAsync(new FakeLaneLog(), TestInput.Of(TestInput.Lines(lines)));
        Assert.Equal((50L, 0L), (summary.Counts.Accepted, summary.Counts.Rejected));
    }

    [Fact]
    public async Task RunAsync_EmptyInput_IsFine()
    {
        var summary = await ReplayAsync(new FakeLaneLog(), TestInput.Of([]));
        Assert.Equal((0L, 0L, 0), (summary.Exchanges, summary.Counts.Rejected, summary.Accounts));
    }

    [Fact]
    public async Task RunAsync_EveryBadSourceAtOnce_LosesNoGoodLine()
    {
        var gzip = TestInput.Gzip(TestInput.Good(400, 1_000));
        byte[] mixed =
        [
            0xEF, 0xBB, 0xBF, .. TestInput.Good(1), .. "\r\n\n"u8, .. TestInput.Good(1, 1)[..^1], .. "\r\n"u8, 0xC0,
                0xAF, (byte)'\n',
            .. TestInput.Lines(new string('x', 5_000_000), "{\"a\":" + new string('[', 100_000)), .. TestInput.Good(1,
                2)[..^1],
        ];
        var set = TestInput.Of(
            ("a.jsonl", []), ("b.jsonl.gz", gzip[..^5]), ("c.jsonl", mixed), ("d.jsonl.gz",
                TestInput.Gzip(TestInput.Good(7, 2_000))));
        var summary = await ReplayAsync(new FakeLaneLog(), set);
        Assert.Equal((410L, 4L), (summary.Exchanges, summary.Counts.Rejected));
        Assert.Equal(
            [("b.jsonl.gz", "truncated_gzip"), ("c.jsonl", "invalid_utf8"), ("c.jsonl", "too_long"), ("c.jsonl",
                "too_deep")],
            _letters.Select(letter => (letter.Source, letter.Code)));
    }

    [Fact]
    public async Task RunAsync_SourceThatFails_KeepsWhatCameBefore()
    {
        var log = new FakeLaneLog();
        var set = new InputSet(
            [
                new InputFile("a.jsonl", null, () => new MemoryStream(TestInput.Good(100))),
                new InputFile("b.jsonl", null, () => throw new IOException("gone")),
            ],
            []);
        await Assert.ThrowsAsync<InputReadException>(() => ReplayAsync(log, set));
        Assert.Equal(100, log.Observations.Count);
    }

    [Fact]
    public async Task RunAsync_FailingStore_IsTyped()
    {
        var store = new FakeLaneStore(new FakeLaneLog()) { Crash = static _ => CrashPoint.AfterObservations };
        var run = new ReplayRun(Traffic.NewJudge(_scorer), store, _scorer, Traffic.Options(), 2, new ManualClock());
        var failure = await Assert.ThrowsAsync<LaneFaultedException>(
            () => run.RunAsync(TestInput.Of(TestInput.Good(10)), static _ => { }, _letters.Add,
                CancellationToken.None));
        Assert.IsType<PlayedCrashException>(failure.InnerException);
    }

    [Fact]
    public async Task RunAsync_Progress_EndsAtTheWhole()
    {
        var told = new List<RunProgress>();
        var text = TestInput.Good(2_000);
        var run = new ReplayRun(
            Traffic.NewJudge(_scorer), new FakeLaneStore(new FakeLaneLog()), _scorer, Traffic.Options(), 2,
                TimeProvider.System);
        await run.RunAsync(TestInput.Of(text), told.Add, _letters.Add, CancellationToken.None);
        Assert.Equal((2_000L, (long)text.Length, (long?)text.Length), (told[^1].Lines, told[^1].BytesRead,
            told[^1].BytesTotal));
    }

    [Fact]
    public async Task RunAsync_Commits_ByRowsAndByTime()
    {
        var (clock, log) = (new ManualClock(), new FakeLaneLog());
        _scorer.BeforeScore = () => clock.Advance(TimeSpan.FromSeconds(2));
        var store = new FakeLaneStore(log);
        var run = new ReplayRun(Traffic.NewJudge(_scorer), store, _scorer, Traffic.Options(), 1, clock);
        await run.RunAsync(TestInput.Of(TestInput.Good(2_560)), static _ => { }, _letters.Add, CancellationToken.None);
        // Workers run ahead of the lane and the clock with them; without the clock there would be one commit.
        Assert.True(store.CommitsBegun > 2, $"{store.CommitsBegun} commits");

        store = new FakeLaneStore(new FakeLaneLog());
        run = new ReplayRun(Traffic.NewJudge(_scorer), store, _scorer, Traffic.Options(commitRowsMax: 100), 1,
            new ManualClock());
        _scorer.BeforeScore = static () => { };
        await run.RunAsync(TestInput.Of(TestInput.Good(2_560)), static _ => { }, _letters.Add, CancellationToken.None);
        Assert.Equal(100, store.PendingRowsSeen);
    }

    [Fact]
    public async Task ScoreRun_WritesALineForEveryGoodLine()
    {
        var text = TestInput.Lines(
            ExchangeJson.Full("plain \"one\""),
            "nonsense",
            ExchangeJson.Full("bad").Prompt(FakeScorer.Marker),
            ExchangeJson.Full("bad").Prompt(FakeScorer.Marker));
        using var output = new MemoryStream();
        var count = await new ScoreRun(_scorer, 2, new ManualClock()).RunAsync(
            TestInput.Of(text), output, static _ => { }, _letters.Add, CancellationToken.None);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((3L, 3, 1), (count, lines.Length, _letters.Count));
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("plain \"one\"", first.GetProperty("event_id").GetString());
        const string Expected =
            """
            {"event_id":"bad","tier":1,"scores":{"reasoning_extraction":0,"grading_harvest":0,"synthetic_data":0.976577,
            "capability_harvest":0,"distribution_harvest":0,"instruction_extraction":0,"technique_probing":0,
            "harvest":0.976577}}
            """;
        Assert.Equal(Expected.ReplaceLineEndings(""), lines[1]);
        Assert.Equal(lines[1], lines[2]);
    }

    private async Task<string> FindAsync(byte[] text, int workers, int commitRowsMax)
    {
        var (log, judge) = (new FakeLaneLog(), Traffic.NewJudge(_scorer));
        var run = new ReplayRun(judge, new FakeLaneStore(log), _scorer, Traffic.Options(commitRowsMax), workers,
            new ManualClock());
        await run.RunAsync(TestInput.Of(text), static _ => { }, static _ => { }, CancellationToken.None);
        return LaneTrace.Of(judge, log);
    }

    private async Task<ReplaySummary> ReplayAsync(FakeLaneLog log, InputSet set)
    {
        var run = new ReplayRun(
            Traffic.NewJudge(_scorer), new FakeLaneStore(log), _scorer, Traffic.Options(), workerCount: 2,
                new ManualClock());
        return await run.RunAsync(set, static _ => { }, _letters.Add, CancellationToken.None);
    }
}
