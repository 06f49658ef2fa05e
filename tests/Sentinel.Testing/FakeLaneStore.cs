using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Testing;

/// <summary>
/// A lane store in memory that keeps the port's promises: observations before what they caused, one commit at a time,
/// keyed writes. Commits can be held back, and broken off at a point.
/// </summary>
public sealed class FakeLaneStore(FakeLaneLog log) : ILaneStore
{
    private List<Observation> _observations = [];
    private List<Action> _findings = [];
    private Task _last = Task.CompletedTask;
    private bool _hasBegun;
    private bool _isDead;

    /// <summary>Says where a commit breaks off; the commits are counted from 0.</summary>
    public Func<int, CrashPoint> Crash { get; set; } = static _ => CrashPoint.None;

    /// <summary>While set, a commit becomes durable only when this ends.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Commits begun.</summary>
    public int CommitsBegun { get; private set; }

    /// <summary>Most rows that were pending at once.</summary>
    public int PendingRowsSeen { get; private set; }

    /// <inheritdoc/>
    public long NextOffset { get; private set; } = log.Observations.Count;

    /// <inheritdoc/>
    public int PendingRows => _observations.Count + _findings.Count;

    /// <inheritdoc/>
    public Task<long> RecoverAsync(Action<Observation> observe, CancellationToken cancel)
    {
        Assert(!_hasBegun, "Recovered too late or twice.");
        _hasBegun = true;
        foreach (var observation in log.Observations)
        {
            observe(observation);
        }

        return Task.FromResult((long)log.Observations.Count);
    }

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        observation.Offset = NextOffset++;
        _observations.Add(ObservationCopy.Of(observation));
        Appended();
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict) => Append(() => log.Verdicts[(verdict.Id, verdict.AccountId)] = verdict);

    /// <inheritdoc/>
    public void Append(Campaign campaign) => Append(() => log.Campaigns[(campaign.Id, campaign.Version)] = campaign);

    /// <inheritdoc/>
    public void Append(Link link) => Append(() => log.Links[(link.Kind, link.Key, link.AccountId)] = link);

    /// <inheritdoc/>
    public void Append(DeadLetter letter) =>
        Append(() => log.DeadLetters[(letter.Source, letter.Line, letter.ByteOffset)] = letter);

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel)
    {
        Assert(_last.IsCompleted, "A commit was begun during another: the port would make the lane wait.");
        Assert(!_isDead, "A dead store was used.");
        var block = (_observations, _findings);
        (_observations, _findings) = ([], []);
        _last = WriteAsync(block._observations, block._findings, Crash(CommitsBegun++));
        return _last;
    }

    private async Task WriteAsync(List<Observation> observations, List<Action> findings, CrashPoint crash)
    {
        await Hold;
        BreakOffAt(CrashPoint.Before, crash);
        log.Observations.AddRange(observations);
        BreakOffAt(CrashPoint.AfterObservations, crash);
        findings.Take(findings.Count / 2).ToList().ForEach(write => write());
        BreakOffAt(CrashPoint.AfterHalf, crash);
        findings.Skip(findings.Count / 2).ToList().ForEach(write => write());
        log.CommitCount++;
        BreakOffAt(CrashPoint.AfterAll, crash);
    }

    private void BreakOffAt(CrashPoint here, CrashPoint crash)
    {
        if (here == crash)
        {
            _isDead = true;
            throw new PlayedCrashException(here);
        }
    }

    private void Append(Action write)
    {
        _findings.Add(write);
        Appended();
    }

    private void Appended()
    {
        _hasBegun = true;
        PendingRowsSeen = Math.Max(PendingRowsSeen, PendingRows);
    }

    private static void Assert(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message);
        }
    }
}
