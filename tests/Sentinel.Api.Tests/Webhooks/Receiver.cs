using System.Net;
using System.Net.Sockets;

namespace Sentinel.Api.Tests.Webhooks;

/// <summary>What a receiver was told.</summary>
/// <param name="Headers">Headers by name.</param>
/// <param name="Body">The body.</param>
internal sealed record Told(WebHeaderCollection Headers, byte[] Body);

/// <summary>A receiver on loopback that answers each request as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    private Receiver(int port)
    {
        Url = new Uri($"http://127.0.0.1:{port}/hook");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>Status of the answer to the n-th request, from 0, and its <c>Retry-After</c>.</summary>
    public Func<int, (int Status, string? RetryAfter)> Answer { get; set; } = static _ => (200, null);

    public List<Told> Requests { get; } = [];

    /// <summary>Ends once something was told.</summary>
    public Task First => _first.Task;

    public static Receiver Start() => new(FreePort());

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var (status, retryAfter) = Answer(Requests.Count);
                Requests.Add(new Told((WebHeaderCollection)context.Request.Headers, body.ToArray()));
                context.Response.StatusCode = status;
                if (retryAfter is not null)
                {
                    context.Response.AddHeader("Retry-After", retryAfter);
                }

                context.Response.Close();
                _first.TrySetResult();
            }
        }
        catch (Exception cause) when (cause is HttpListenerException or ObjectDisposedException)
        {
            _first.TrySetCanceled(); // The test is over.
        }
    }
}

/// <summary>A clock on which whatever is waited for is there at once; it remembers how long was waited.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public List<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Add(dueTime);
        _now += dueTime;
        callback(state);
        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
