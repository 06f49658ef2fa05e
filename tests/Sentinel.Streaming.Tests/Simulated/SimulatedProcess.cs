using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// One run of the program: what it asked of servers, in queues. Killed, it hears nothing any more; what it asked for
/// may or may not take effect, in the order of each queue.
/// </summary>
internal sealed class SimulatedProcess(ClusterSimulation simulation, string owner) : IRecordWriter
{
    private readonly List<Queue<PendingWork>> _queues = [];
    private readonly Dictionary<string, Queue<PendingWork>> _byName = new(StringComparer.Ordinal);
    private LaneFaultedException? _writeFault;

    /// <summary>Its name in the names of snapshots.</summary>
    public string Owner { get; } = owner;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether the first work of any queue could go on.</summary>
    public bool HasWork(TimeSpan now) => _queues.Exists(queue => queue.Peek().NotBefore <= now);

    public bool IsIdle => _queues.Count == 0;

    /// <summary>Lets one piece of work go on.</summary>
    public void Advance(Random random, TimeSpan now)
    {
        var ready = _queues.FindAll(queue => queue.Peek().NotBefore <= now);
        var queue = ready[random.Next(ready.Count)];
        for (var more = random.Next(1, 8); more > 0 && queue.Count > 0 && queue.Peek().NotBefore <= now; more--)
        {
            var work = queue.Peek();
            var isToldNow = work.HasEffect || simulation.IsCalm || random.Next(3) > 0;
            work.TakeEffect();
            if (!isToldNow)
            {
                return;
            }

            queue.Dequeue();
            simulation.Post(work.Tell);
        }

        if (queue.Count == 0)
        {
            _queues.Remove(queue);
        }
    }

    /// <summary>The end without a word.</summary>
    public void Kill(Random random)
    {
        IsAlive = false;
        foreach (var queue in _queues)
        {
            var isLost = false;
            foreach (var work in queue)
            {
                isLost |= !work.HasEffect && random.Next(3) == 0;
                if (!isLost)
                {
                    work.TakeEffect();
                }
                else if (!work.HasEffect)
                {
                    work.TakePartialEffect?.Invoke();
                    break;
                }
            }
        }

        _queues.Clear();
        _byName.Clear();
    }

    /// <summary>A commit of rows.</summary>
    public Task AskStore(string queue, Action effect, Action<double> partial)
    {
        var isRefused = simulation.IsPlayed(Trouble.StoreRefuses);
        return Ask(
            queue,
            simulation.IsPlayed(Trouble.StoreIsSlow) ? simulation.Now + simulation.Within(TimeSpan.FromSeconds(20)) : simulation.Now,
            effect,
            partial,
            isRefused ? new LaneFaultedException("The store refuses.") : null);
    }

    /// <summary>Reading, writing or deleting of a blob.</summary>
    public Task AskSnapshots(string queue, Action effect, Action<double>? partial) => Ask(
        "snapshots-" + queue,
        simulation.IsPlayed(Trouble.SnapshotIsSlow) ? simulation.Now + simulation.Within(TimeSpan.FromSeconds(5)) : simulation.Now,
        effect,
        partial,
        simulation.IsPlayed(Trouble.SnapshotRefused) ? new IOException("The disk is full.") : null);

    /// <inheritdoc/>
    public async ValueTask<Task> WriteAsync(
        string topic,
        int partition,
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> value,
        RecordFormat format,
        CancellationToken cancel)
    {
        var record = new StoredRecord(key.ToArray(), value.ToArray(), format, simulation.NowMs);
        if (simulation.IsPlayed(Trouble.WriterIsFull))
        {
            await Ask("room", simulation.Now + simulation.Within(TimeSpan.FromSeconds(2)), static () => { }, null, null);
        }

        if (_writeFault is null && simulation.IsPlayed(Trouble.WriteRefused))
        {
            _writeFault = new LaneFaultedException("The broker is away for too long.");
        }

        var log = simulation.Servers.Log(topic, Math.Max(partition, 0));
        return Ask(
            $"{topic}/{partition}",
            simulation.IsPlayed(Trouble.AckIsSlow) ? simulation.Now + simulation.Within(TimeSpan.FromSeconds(8)) : simulation.Now,
            () => log.Add(record),
            null,
            _writeFault);
    }

    private Task Ask(string name, TimeSpan notBefore, Action effect, Action<double>? partial, Exception? refusal)
    {
        if (!IsAlive)
        {
            return new TaskCompletionSource().Task;
        }

        if (simulation.IsUndisturbed && partial is null && !name.StartsWith("store", StringComparison.Ordinal))
        {
            effect();
            return Task.CompletedTask;
        }

        var part = simulation.NextPart();
        var work = new PendingWork(name, notBefore, effect)
        {
            TakePartialEffect = partial is null ? null : () => partial(part),
            Refusal = refusal,
        };
        if (!_byName.TryGetValue(name, out var queue))
        {
            _byName.Add(name, queue = new Queue<PendingWork>());
        }

        if (queue.Count == 0)
        {
            _queues.Add(queue);
        }

        queue.Enqueue(work);
        return work.Heard.Task;
    }
}
