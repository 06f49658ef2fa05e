using Sentinel.Detection;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Lanes;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Lanes;

public sealed class LiveLaneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeScorer _scorer = new();
    private readonly FakeLaneLog _log = new();
    private readonly ManualClock _clock = new();
    private readonly List<Verdict> _published = [];

    [Fact]
    public async Task SubmitAsync_Answers_WhatBecameOfEachLine()
    {
        await using var lane = await StartAsync(new FakeLaneStore(_log));
        byte[] text = [.. TestInput.Good(600), .. TestInput.Good(3), .. "nonsense\n"u8];
        var outcome = await lane.SubmitAsync(text, "http-1", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((IngestEnd.Done, 600, 3, 1), (outcome.End, outcome.Accepted, outcome.Duplicates,
            outcome.Rejected));
        Assert.Equal(("http-1", 604L, "not_json"), (outcome.Letters[0].Source, outcome.Letters[0].Line,
            outcome.Letters[0].Code));
        Assert.Equal(600, _log.Observations.Count);

        outcome = await lane.SubmitAsync(new MemoryStream(text), "http-2", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0, 603, 1), (outcome.Accepted, outcome.Duplicates, outcome.Rejected));
        await lane.StopAsync();
    }

    [Fact]
    public async Task SubmitAsync_ManyAtOnce_ShareCommits()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeLaneStore(_log);
        await using var lane = await StartAsync(store);
        store.Hold = hold.Task;
        var begun = store.CommitsBegun;
        var submissions = Enumerable.Range(0, 12)
            .Select(i => Task.Run(() => lane.SubmitAsync(TestInput.Good(10, i * 10), $"http-{i}",
                CancellationToken.None)))
            .ToList();
        await UntilAsync(() => store.CommitsBegun > begun && _scorer.Batches.Length == 12);
        Assert.All(submissions, submission => Assert.False(submission.IsCompleted));
        Assert.Empty(_log.Observations); // Nothing is answered before it is durable.
        hold.SetResult();
        var outcomes = await Task.WhenAll(submissions).WaitAsync(Patience);
        Assert.All(outcomes, outcome => Assert.Equal(10, outcome.Accepted));
        Assert.InRange(store.CommitsBegun - begun, 1, 11);
        await lane.StopAsync();
    }

    [Fact]
    public async Task SubmitAsync_Findings_ArePublishedWhenDurable()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeLaneStore(_log);
        await using var lane = await StartAsync(store);
        store.Hold = hold.Task;
        var submission = lane.SubmitAsync(Traffic.Mixed(3, 400), "http-1", CancellationToken.None);
        await UntilAsync(() => store.CommitsBegun > 1);
        Assert.Empty(_published);
        hold.SetResult();
        await submission.WaitAsync(Patience);
        await lane.StopAsync();
        Assert.NotEmpty(_published);
        Assert.All(_published, verdict => Assert.True(_log.Verdicts.ContainsKey((verdict.Id, verdict.AccountId))));
    }

    [Fact]
    public async Task StartAsync_Recovers_AndPublishesWhatStands()
    {
        await using (var lane = await StartAsync(new FakeLaneStore(_log)))
        {
            await lane.SubmitAsync(Traffic.Mixed(3, 400), "http-1", CancellationToken.None).WaitAsync(Patience);
            await lane.StopAsync();
        }

        var flagged = _published.Where(verdict => verdict.IsFlagged).Select(verdict => verdict.AccountId).ToHashSet();
        Assert.NotEmpty(flagged);
        _published.Clear();
        await using var next = await StartAsync(new FakeLaneStore(_log));
        Assert.Equal(40, _published.Count);
        Assert.Equal(flagged, _published.Where(verdict => verdict.IsFlagged).Select(verdict =>
            verdict.AccountId).ToHashSet());
        var again = await next.SubmitAsync(Traffic.Mixed(3, 400), "http-1", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0L, 400L), (again.Accepted, again.Duplicates - (again.Duplicates - 400)));
        Assert.Equal(400, _log.Observations.Count);
    }

    [Fact]
    public async Task SubmitAsync_ModelReplaced_VerdictsNameTheOneThatScored()
    {
        var text = Traffic.Mixed(3, 400);
        var half = text.AsSpan(0, text.Length / 2).LastIndexOf((byte)'\n') + 1;
        await using var lane = await StartAsync(new FakeLaneStore(_log));
        await lane.SubmitAsync(text.AsMemory(0, half), "http-1", CancellationToken.None).WaitAsync(Patience);
        Assert.NotEmpty(_published);
        Assert.All(_published, static verdict => Assert.Equal("fake/1", verdict.ModelVersion));
        _published.Clear();
        _scorer.Model = _scorer.Model with { Version = "fake/2" };
        await lane.SubmitAsync(text.AsMemory(half), "http-2", CancellationToken.None).WaitAsync(Patience);
        await lane.StopAsync();
        Assert.NotEmpty(_published);
        Assert.All(_published, static verdict => Assert.Equal("fake/2", verdict.ModelVersion));
        Assert.Equal(400, _log.Observations.Count);
    }

    [Fact]
    public async Task SubmitAsync_ModelThatScoresInnocenceAsHigh_IsNoEvidence()
    {
        // The same scores convict by the first model's reference, as other tests show.
        _scorer.Model = new ScoringModel("fake/2", 1, new BenignReference([0], [1], 0.5));
        await using var lane = await StartAsync(new FakeLaneStore(_log));
        await lane.SubmitAsync(Traffic.Mixed(3, 400), "http-1", CancellationToken.None).WaitAsync(Patience);
        await lane.StopAsync();
        Assert.DoesNotContain(_published, static verdict => verdict.IsFlagged);
        Assert.Equal(400, _log.Observations.Count);
    }

    [Fact]
    public async Task SubmitAsync_NoRoomForLong_IsBusy()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeLaneStore(_log);
        await using var lane = await StartAsync(store, new LiveLaneOptions { SubmissionsMax = 1 });
        store.Hold = hold.Task;
        var slow = new StalledStream();
        var first = lane.SubmitAsync(slow, "http-1", CancellationToken.None);
        var second = lane.SubmitAsync(TestInput.Good(1), "http-2", CancellationToken.None);
        await UntilAsync(() => _clock.WaitingTimers > 0);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(IngestEnd.Busy, (await second.WaitAsync(Patience)).End);
        slow.End();
        hold.SetResult();
        Assert.Equal(IngestEnd.Done, (await first.WaitAsync(Patience)).End);
    }

    [Fact]
    public async Task SubmitAsync_QueueFull_IsBusyAndCountsWhatWasTaken()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeLaneStore(_log);
        var options = new LiveLaneOptions { QueueBytesMax = 1, GroupRowsMax = 1 };
        await using var lane = await StartAsync(store, options);
        var begun = store.CommitsBegun;
        store.Hold = hold.Task;
        var submission = lane.SubmitAsync(TestInput.Good(256 * 6), "http-1", CancellationToken.None);
        await UntilAsync(() => store.CommitsBegun > begun && _clock.WaitingTimers > 0 && lane.QueuedChunks == 2);
        _clock.Advance(TimeSpan.FromSeconds(5));
        hold.SetResult();
        var outcome = await submission.WaitAsync(Patience);
        Assert.Equal((IngestEnd.Busy, 256L * 3), (outcome.End, outcome.Accepted));
        var again = await lane.SubmitAsync(TestInput.Good(256 * 2), "http-2",
            CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0L, 512L), (again.Accepted, again.Duplicates));
    }

    [Fact]
    public async Task SubmitAsync_TooLarge_TakesWhatCameBefore()
    {
        await using var lane = await StartAsync(new FakeLaneStore(_log),
            new LiveLaneOptions { SubmissionBytesMax = 500_000 });
        var outcome = await lane.SubmitAsync(new MemoryStream(TestInput.Good(2_000)), "http-1", CancellationToken.None)
            .WaitAsync(Patience);
        Assert.Equal(IngestEnd.TooLarge, outcome.End);
        Assert.Equal(outcome.Accepted, _log.Observations.Count);
    }

    [Fact]
    public async Task SubmitAsync_ManyBadLines_TellsTheFirst()
    {
        await using var lane = await StartAsync(new FakeLaneStore(_log));
        var text = TestInput.Lines(Enumerable.Repeat("nonsense", 700));
        var outcome = await lane.SubmitAsync(text, "http-1", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((700L, 100), (outcome.Rejected, outcome.Letters.Length));
        Assert.Equal(700, _log.DeadLetters.Count);
        Assert.Equal(Enumerable.Range(1, 100), outcome.Letters.Select(letter => (int)letter.Line));
    }

    [Fact]
    public async Task StopAsync_DrainsAndThenTakesNoMore()
    {
        var hold = new TaskCompletionSource();
        var store = new FakeLaneStore(_log);
        await using var lane = await StartAsync(store);
        var begun = store.CommitsBegun;
        store.Hold = hold.Task;
        var waiting = Enumerable.Range(0, 3)
            .Select(i => lane.SubmitAsync(TestInput.Good(5, i * 5), $"http-{i}", CancellationToken.None)).ToList();
        await UntilAsync(() => _scorer.Batches.Length == 3 && store.CommitsBegun > begun);
        var stop = lane.StopAsync();
        var late = await lane.SubmitAsync(TestInput.Good(5, 90), "http-9", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((IngestEnd.Stopping, 0L), (late.End, late.Accepted));
        hold.SetResult();
        await stop.WaitAsync(Patience);
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal(5, outcome.Accepted));
        Assert.Equal(15, _log.Observations.Count);
        Assert.True(lane.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task SubmitAsync_FailingStore_FaultsTheLaneAndAllWhoWait()
    {
        var store = new FakeLaneStore(_log) { Crash = static commit =>
            commit > 0 ? CrashPoint.Before : CrashPoint.None };
        await using var lane = await StartAsync(store);
        var submission = lane.SubmitAsync(TestInput.Good(5), "http-1", CancellationToken.None);
        await Assert.ThrowsAsync<LaneFaultedException>(() => submission.WaitAsync(Patience));
        await Assert.ThrowsAsync<LaneFaultedException>(() => lane.Completion.WaitAsync(Patience));
        var late = await lane.SubmitAsync(TestInput.Good(5), "http-2", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(IngestEnd.Stopping, late.End);
    }

    [Fact]
    public async Task SubmitAsync_Cancelled_GivesItsPlaceBack()
    {
        await using var lane = await StartAsync(new FakeLaneStore(_log), new LiveLaneOptions { SubmissionsMax = 1 });
        using var stop = new CancellationTokenSource();
        var stalled = lane.SubmitAsync(new StalledStream(), "http-1", stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled.WaitAsync(Patience));
        var outcome = await lane.SubmitAsync(TestInput.Good(2), "http-2", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(2, outcome.Accepted);
    }

    private async Task<LiveLane> StartAsync(FakeLaneStore store, LiveLaneOptions? options = null)
    {
        var lane = new LiveLane(
            Traffic.NewJudge(_scorer), store, _scorer, options ?? new LiveLaneOptions(), _clock, Publish);
        await lane.StartAsync(CancellationToken.None);
        return lane;
    }

    private void Publish(JudgeOutput output) => _published.AddRange(output.Verdicts);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(1, patience.Token);
        }
    }

    private sealed class StalledStream : Stream
    {
        private readonly TaskCompletionSource _end = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set =>
            throw new NotSupportedException(); }

        public void End() => _end.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            await _end.Task.WaitAsync(cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
