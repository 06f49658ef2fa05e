using System.Threading.Channels;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Input;

namespace Sentinel.Streaming.Preparation;

/// <summary>
/// Reads on one thread, prepares on several, and hands the chunks over in the order of the input. A fixed number of
/// slots goes round: free, being read, being prepared, waiting for its turn. They are the bound of all queues, so
/// nothing is lost and nothing piles up. Nothing is locked or allocated for a single line.
/// </summary>
/// <param name="scorer">Shared by all workers.</param>
/// <param name="workerCount">Threads that prepare.</param>
/// <param name="clock">Times the grace of a reader that hangs.</param>
/// <param name="limits">How often a second tier may be asked.</param>
internal sealed class PreparationPipeline(
    IScorer scorer, int workerCount, TimeProvider clock, SecondOpinionLimits limits)
{
    /// <summary>
    /// How long a cancelled run waits for its reader. Nothing wakes a thread from a pipe that brings no bytes; it ends
    /// with the process.
    /// </summary>
    private static readonly TimeSpan ReaderGrace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Slots in all: each worker has one in hand and one ahead, the reader and the consumer one each. A slot takes at
    /// most 6 MiB (a chunk of lines and its observations), usually less than 1.
    /// </summary>
    public int SlotCount { get; } = (2 * workerCount) + 2;

    /// <summary>
    /// Runs the whole input through. The consumer gets one chunk after another and must not keep it. Returns when the
    /// last was consumed.
    /// </summary>
    /// <exception cref="InputReadException">A source failed; what it gave before was consumed.</exception>
    public async Task RunAsync(InputReader input, Func<PreparedChunk, ValueTask> consume, CancellationToken cancel)
    {
        var (free, work, ordered) = (NewQueue(), NewQueue(), NewQueue());
        for (var i = 0; i < SlotCount; i++)
        {
            Put(free, new Slot());
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var tasks = new Task[workerCount + 1];
        tasks[0] = Task.Run(() => ReadAsync(input, free, work, ordered, stop.Token), CancellationToken.None);
        for (var i = 1; i < tasks.Length; i++)
        {
            tasks[i] = Task.Run(() => PrepareAsync(work, stop), CancellationToken.None);
        }

        var all = Task.WhenAll(tasks);
        try
        {
            await ConsumeAsync(free, ordered, consume, stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await all; // A worker failed and stopped the rest: its exception is the one to tell.
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await all.WaitAsync(ReaderGrace, clock, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await all; // Throws what the reader met.
    }

    private static async Task ReadAsync(
        InputReader input, Channel<Slot> free, Channel<Slot> work, Channel<Slot> ordered, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var slot = await free.Reader.ReadAsync(cancel);
                if (!input.TryRead(slot.Lines, cancel))
                {
                    return;
                }

                Put(work, slot);
                Put(ordered, slot);
            }
        }
        finally
        {
            work.Writer.Complete();
            ordered.Writer.Complete();
        }
    }

    private async Task PrepareAsync(Channel<Slot> work, CancellationTokenSource stop)
    {
        var preparer = new Preparer(scorer);
        var isDone = false;
        try
        {
            // Ends when the reader has: what it had read by then is a few chunks at most.
            await foreach (var slot in work.Reader.ReadAllAsync(CancellationToken.None))
            {
                preparer.Prepare(slot.Lines, slot.Prepared);
                slot.Ready.Release();
            }

            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                await stop.CancelAsync(); // Else the consumer would wait for the slot in hand for ever.
            }
        }
    }

    private async Task ConsumeAsync(
        Channel<Slot> free, Channel<Slot> ordered, Func<PreparedChunk, ValueTask> consume, CancellationToken cancel)
    {
        var second = new SecondOpinion(limits);
        while (await ordered.Reader.WaitToReadAsync(cancel))
        {
            while (ordered.Reader.TryRead(out var slot))
            {
                await slot.Ready.WaitAsync(cancel);
                second.Ask(slot.Prepared); // Here, where chunks come in the order of the input whatever the workers do.
                await consume(slot.Prepared);
                Put(free, slot);
            }
        }
    }

    private Channel<Slot> NewQueue() => Channel.CreateBounded<Slot>(SlotCount);

    private static void Put(Channel<Slot> queue, Slot slot)
    {
        if (!queue.Writer.TryWrite(slot))
        {
            throw new InvalidOperationException("A queue as long as there are slots was full.");
        }
    }

    private sealed class Slot
    {
        public LineChunk Lines { get; } = new();

        public PreparedChunk Prepared { get; } = new();

        /// <summary>Released once when the slot is prepared.</summary>
        public SemaphoreSlim Ready { get; } = new(0, 1);
    }
}
