using System.Collections.Concurrent;

namespace Sentinel.Storage.Embedded;

// Connections for one kind of work, opened as they are needed, at most so many at a time.
internal sealed class ChDbPool : IAsyncDisposable
{
    private readonly int _connectionsMax;
    private readonly Func<ChDbConnection> _open;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<ChDbConnection> _idle = [];

    public ChDbPool(int connectionsMax, Func<ChDbConnection> open)
    {
        _connectionsMax = connectionsMax;
        _open = open;
        _free = new SemaphoreSlim(connectionsMax, connectionsMax);
    }

    /// <summary>
    /// Does the work on a thread of its own: the library blocks for as long as it works, and a lane that waits for a
    /// commit must not have to wait for the thread pool as well.
    /// </summary>
    public async Task<T> RunAsync<T>(Func<ChDbConnection, T> work, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        return await Task.Factory.StartNew(
            () => RunAndFree(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    // Waits for the work that has begun.
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _connectionsMax; i++)
        {
            await _free.WaitAsync(CancellationToken.None);
        }

        CloseIdle();
        _free.Dispose();
    }

    public void CloseIdle()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private T RunAndFree<T>(Func<ChDbConnection, T> work)
    {
        try
        {
            var connection = _idle.TryTake(out var idle) ? idle : _open();
            try
            {
                return work(connection);
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        finally
        {
            _free.Release();
        }
    }
}
