using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Benchmarks;

/// <summary>
/// Connections that ask over HTTP/1.1, one question at a time each, and do as little as they can beside it: the machine is
/// shared with the server that is measured.
/// </summary>
internal sealed class Http1Load : IDisposable
{
    private const int AnswerBytesMax = 16 * 1024;

    private readonly Socket[] _sockets;

    private Http1Load(Socket[] sockets) => _sockets = sockets;

    public static async Task<Http1Load> ConnectAsync(int port, int connections)
    {
        var sockets = new Socket[connections];
        for (var i = 0; i < connections; i++)
        {
            sockets[i] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await sockets[i].ConnectAsync(IPAddress.Loopback, port);
        }

        return new Http1Load(sockets);
    }

    public void Dispose() => Array.ForEach(_sockets, static socket => socket.Dispose());

    /// <summary>Asks so many times; each question by its number.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="requestOf">The bytes of a request.</param>
    /// <param name="pace">When to ask; null for as soon as there is an answer.</param>
    /// <param name="answered">Told how long each took; null for nobody.</param>
    public Task AskAsync(int requests, Func<int, byte[]> requestOf, Pace? pace = null, LatencyCounts? answered = null) =>
        Task.WhenAll(_sockets.Select((socket, first) => Task.Run(async () =>
        {
            var buffer = new byte[AnswerBytesMax];
            for (var i = first; i < requests; i += _sockets.Length)
            {
                var due = pace is null ? TimeProvider.System.GetTimestamp() : await pace.WaitAsync(i);
                await socket.SendAsync(requestOf(i));
                await ReadAnswerAsync(socket, buffer);
                answered?.Add(TimeProvider.System.GetElapsedTime(due)); // From when it was due, not from when it was sent.
            }
        })));

    /// <summary>Reads one answer to its end.</summary>
    /// <returns>Its status.</returns>
    public static async ValueTask<int> ReadAnswerAsync(Socket socket, byte[] buffer, bool isAnyStatus = false)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The server hung up.");
            if (TryReadWhole(buffer.AsSpan(0, length), out var status))
            {
                return isAnyStatus || status is >= 200 and < 300 ? status
                    : throw new InvalidOperationException($"Answered with {status}.");
            }
        }
    }

    // With the length that it names, in pieces up to the last, or without a body.
    private static bool TryReadWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        status = NumberAt(answer["HTTP/1.1 ".Length..]);
        var name = "Content-Length: "u8;
        var at = answer[..end].IndexOf(name);
        if (at < 0)
        {
            return answer[..end].IndexOf("chunked"u8) < 0 || answer.EndsWith("0\r\n\r\n"u8);
        }

        return answer.Length >= end + 4 + NumberAt(answer[(at + name.Length)..]);
    }

    private static int NumberAt(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("The server does not speak HTTP.");
}
