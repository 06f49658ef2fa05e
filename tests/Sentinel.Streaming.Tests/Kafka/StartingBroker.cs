using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>
/// Answers questions for metadata as Kafka 0.9 does, and nothing else. It can be told to know no broker, not even itself, as a
/// broker does that has just started. Thread-safe.
/// </summary>
internal sealed class StartingBroker : IAsyncDisposable
{
    private const short MetadataKey = 3;
    private const short LeaderNotAvailable = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _topic;
    private readonly Task _work;
    private int _emptyLeft;
    private int _emptyGiven;

    /// <summary>A broker that listens on a free port.</summary>
    /// <param name="topic">Its only topic, of one partition.</param>
    public StartingBroker(string topic)
    {
        _topic = topic;
        _listener.Start();
        _work = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers that named no broker.</summary>
    public int EmptyGiven => Volatile.Read(ref _emptyGiven);

    /// <summary>Names no broker in the next answers.</summary>
    public void Forget(int answers) => Volatile.Write(ref _emptyLeft, answers);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _work;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        var head = new byte[12];
        try
        {
            while (true)
            {
                // Length of what follows, kind of request, its version, number of the question.
                await stream.ReadExactlyAsync(head, _stop.Token);
                await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 8], _stop.Token);
                if (BinaryPrimitives.ReadInt16BigEndian(head.AsSpan(4)) == MetadataKey)
                {
                    await stream.WriteAsync(Answer(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(8))), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client or the test is done.
        }
    }

    private byte[] Answer(int question)
    {
        var isEmpty = Interlocked.Decrement(ref _emptyLeft) >= 0;
        if (isEmpty)
        {
            Interlocked.Increment(ref _emptyGiven);
        }

        var body = new MemoryStream();
        Put(0); // The length, once it is known.
        Put(question);
        Put(isEmpty ? 0 : 1);
        if (!isEmpty)
        {
            Put(0); // The broker's number.
            PutText("127.0.0.1");
            Put(Port);
        }

        Put(1); // Topics.
        PutShort(isEmpty ? LeaderNotAvailable : (short)0);
        PutText(_topic);
        Put(isEmpty ? 0 : 1);
        if (!isEmpty)
        {
            // One partition: no error, number, leader, replicas, replicas in sync.
            PutShort(0);
            foreach (var number in (int[])[0, 0, 1, 0, 1, 0])
            {
                Put(number);
            }
        }

        var answer = body.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(answer, answer.Length - 4);
        return answer;

        void Put(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            body.Write(bytes);
        }

        void PutShort(short value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteInt16BigEndian(bytes, value);
            body.Write(bytes);
        }

        void PutText(string text)
        {
            PutShort((short)text.Length);
            body.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
