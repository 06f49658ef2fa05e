using System.Threading.Channels;

namespace Sentinel.Streaming.Lanes;

/// <summary>A fixed number of objects to be rented and returned. Waiting is fair. Thread-safe.</summary>
internal sealed class Pool<T>
    where T : class
{
    private readonly Channel<T> _free;

    public Pool(int count, Func<T> create)
    {
        _free = Channel.CreateBounded<T>(count);
        for (var i = 0; i < count; i++)
        {
            Return(create());
        }
    }

    /// <summary>Rents one as soon as there is one.</summary>
    public ValueTask<T> RentAsync(CancellationToken cancel) => _free.Reader.ReadAsync(cancel);

    /// <summary>Rents one, or gives null when there is none for so long.</summary>
    public async ValueTask<T?> TryRentAsync(TimeSpan waitMax, TimeProvider clock, CancellationToken cancel)
    {
        if (_free.Reader.TryRead(out var free))
        {
            return free;
        }

        using var timeout = new CancellationTokenSource(waitMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            return await _free.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Gives one back.</summary>
    public void Return(T item)
    {
        if (!_free.Writer.TryWrite(item))
        {
            throw new InvalidOperationException("More came back than were rented.");
        }
    }
}
