using System.Collections.Concurrent;

namespace Sentinel.FakeClickHouse;

/// <summary>What can go wrong with a request.</summary>
public enum ServerFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection ends without an answer, and nothing is done.</summary>
    Cut,

    /// <summary>503, and nothing is done.</summary>
    Unavailable,

    /// <summary>Error 252, and nothing is done.</summary>
    TooManyParts,

    /// <summary>Two seconds pass, then all is well.</summary>
    Slow,

    /// <summary>The insert is done, then the connection ends without an answer.</summary>
    AnswerLost,

    /// <summary>Half of the result, then the connection ends.</summary>
    HalfAnswer,
}

/// <summary>The faults of a server: one after another, or by chance. Thread-safe.</summary>
public sealed class FaultPlan
{
    private readonly ConcurrentQueue<ServerFault> _next = new();
    private readonly Lock _lock = new();
    private Random? _random;
    private int _percent;
    private volatile bool _isAway;
    private int _requestCount;

    /// <summary>Requests that came.</summary>
    public int RequestCount => Volatile.Read(ref _requestCount);

    /// <summary>While set, every connection is cut.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Faults of the next requests, in order.</summary>
    public void Add(params ReadOnlySpan<ServerFault> faults)
    {
        foreach (var fault in faults)
        {
            _next.Enqueue(fault);
        }
    }

    /// <summary>Forgets the faults that have not happened yet.</summary>
    public void Clear() => _next.Clear();

    /// <summary>From now on so many of a hundred inserts fail, in a way that a seed chooses.</summary>
    public void FailByChance(int percent, int seed)
    {
        lock (_lock)
        {
            _percent = percent;
            _random = new Random(seed);
        }
    }

    internal ServerFault Next(bool isInsert)
    {
        Interlocked.Increment(ref _requestCount);
        if (_isAway)
        {
            return ServerFault.Cut;
        }

        if (_next.TryDequeue(out var fault))
        {
            return fault;
        }

        lock (_lock)
        {
            return isInsert && _random is not null && _random.Next(100) < _percent
                ? (ServerFault)_random.Next((int)ServerFault.Cut, (int)ServerFault.HalfAnswer)
                : ServerFault.None;
        }
    }
}

/// <summary>Addresses of the last requests. Thread-safe.</summary>
public sealed class RequestLog
{
    private const int AddressesMax = 1_000;

    private readonly ConcurrentQueue<string> _addresses = new();

    /// <summary>The addresses, oldest first.</summary>
    public IReadOnlyList<string> Addresses => [.. _addresses];

    internal void Add(string address)
    {
        _addresses.Enqueue(address);
        while (_addresses.Count > AddressesMax && _addresses.TryDequeue(out _))
        {
        }
    }
}
