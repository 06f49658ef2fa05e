using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Records between the polling thread, which adds, and one lane, which takes whatever has gathered while it was busy:
/// few when they come slowly, full batches when they come fast. Thread-safe for one adder and one taker.
/// </summary>
internal sealed class Inbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<RecordBatch> _batches = new();
    private readonly Stack<RecordBatch> _spare = new();
    private readonly SemaphoreSlim _wake = new(0);
    private RecordBatch? _last; // At the end of the queue, perhaps with room.
    private bool _isWoken;
    private long _bytes;
    private int _count;

    public long Bytes => Volatile.Read(ref _bytes);

    public int Count => Volatile.Read(ref _count);

    /// <summary>Memory held, counting every begun batch in full, since its block is rented whole.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_bytes, (long)_batches.Count * RecordBatch.BytesMax);
            }
        }
    }

    public void Add(
        long offset, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordFormat format, long writtenAtMs)
    {
        bool wakes;
        lock (_lock)
        {
            if (_last is null || !_last.Fits(key.Length + value.Length))
            {
                _last = _spare.TryPop(out var spare) ? spare : new RecordBatch();
                _batches.Enqueue(_last);
            }

            _last.Add(offset, key, value, format, writtenAtMs);
            _bytes += key.Length + value.Length;
            _count++;
            wakes = !_isWoken;
            _isWoken = true;
        }

        if (wakes)
        {
            _wake.Release();
        }
    }

    /// <summary>Lets the taker look up from waiting though nothing may have come.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_isWoken)
            {
                return;
            }

            _isWoken = true;
        }

        _wake.Release();
    }

    /// <summary>Waits until records have come, or somebody calls <see cref="Wake"/>.</summary>
    public Task WaitAsync(CancellationToken cancel) => _wake.WaitAsync(cancel);

    /// <summary>
    /// The oldest batch, or null. Its taker hands it back by <see cref="Return"/>; until then it counts as waiting.
    /// </summary>
    public RecordBatch? Take()
    {
        lock (_lock)
        {
            if (_batches.TryDequeue(out var batch))
            {
                if (ReferenceEquals(batch, _last))
                {
                    _last = null;
                }

                return batch;
            }

            _isWoken = false;
            return null;
        }
    }

    public void Return(RecordBatch batch)
    {
        lock (_lock)
        {
            _bytes -= batch.Bytes;
            _count -= batch.Count;
            batch.Dispose();
            if (_spare.Count < 2)
            {
                _spare.Push(batch);
            }
        }
    }

    /// <summary>Once neither side uses it any more.</summary>
    public void Dispose() => _wake.Dispose();

    /// <summary>Drops what nobody will take.</summary>
    public void Clear()
    {
        while (Take() is { } batch)
        {
            Return(batch);
        }
    }
}
