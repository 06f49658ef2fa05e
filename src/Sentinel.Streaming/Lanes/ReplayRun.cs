using Sentinel.Detection;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>
/// Runs an input through one lane to its end, as <c>sentinel replay</c> does. What it finds depends on the input and
/// on what the store held before, not on time or the number of workers.
/// </summary>
/// <param name="judge">A judge without memory; afterwards it holds the verdicts and campaigns.</param>
/// <param name="store">The store of the lane's partition.</param>
/// <param name="scorer">The classifier.</param>
/// <param name="options">How to commit.</param>
/// <param name="workerCount">Threads that prepare; one a processor is right.</param>
/// <param name="clock">Times commits and progress.</param>
public sealed class ReplayRun(
    Judge judge, ILaneStore store, IScorer scorer, LaneOptions options, int workerCount, TimeProvider clock)
{
    /// <summary>Runs. When it returns everything is durable.</summary>
    /// <param name="input">The sources.</param>
    /// <param name="progress">Gets progress now and then, on the run's flow.</param>
    /// <param name="deadLetter">Gets every dead letter, in the order of the input.</param>
    /// <param name="cancel">Ends the run between two chunks; what came before is durable.</param>
    /// <exception cref="InputReadException">A source could not be read; what came before is durable.</exception>
    /// <exception cref="LaneFaultedException">The store failed.</exception>
    public async Task<ReplaySummary> RunAsync(
        InputSet input, Action<RunProgress> progress, Action<DeadLetter> deadLetter, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(input);
        var lane = new Lane(judge, store, options, clock, static _ => { });
        using var reader = new InputReader(input);
        var ticks = new ProgressClock(reader, input.BytesTotal, clock, progress);
        var recovered = await lane.RecoverAsync(cancel);
        var pipeline = new PreparationPipeline(scorer, workerCount, clock, SecondOpinionLimits.Lane);
        try
        {
            await pipeline.RunAsync(
                reader,
                async chunk =>
                {
                    await lane.TakeAsync(chunk, CancellationToken.None);
                    chunk.DeadLetters.ForEach(deadLetter);
                    ticks.Add(chunk);
                },
                cancel);
        }
        catch (Exception end) when (end is InputReadException or OperationCanceledException)
        {
            await lane.CommitAsync(CancellationToken.None); // What was taken by then is kept.
            throw;
        }

        await lane.FinishAsync(cancel);
        ticks.Tell();
        return new ReplaySummary(
            recovered, lane.Counts, judge.ExchangeCount, judge.AccountCount, judge.FlaggedCount, judge.Campaigns.Length,
            ticks.Elapsed);
    }
}
