namespace Sentinel.Streaming.Kafka;

/// <summary>Lets bytes in up to a limit; who comes too late waits its turn. Thread-safe.</summary>
internal sealed class ByteGate(long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Queue<(TaskCompletionSource Turn, long Bytes)> _waiting = new(); // As long as there are callers.
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>Waits for room. More than the limit at once enters alone.</summary>
    public async ValueTask EnterAsync(long bytes, CancellationToken cancel)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_waiting.Count == 0 && HasRoomLocked(bytes))
            {
                _used += bytes;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((turn, bytes));
        }

        await using (cancel.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn))
        {
            await turn.Task;
        }
    }

    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            while (_waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || HasRoomLocked(next.Bytes)))
            {
                _waiting.Dequeue();
                if (next.Turn.TrySetResult())
                {
                    _used += next.Bytes;
                }
            }
        }
    }

    private bool HasRoomLocked(long bytes) => _used == 0 || _used + bytes <= bytesMax;
}
