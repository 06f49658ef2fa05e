using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sentinel.Benchmarks;

/// <summary>
/// One connection that calls <c>Authorization/Check</c> over HTTP/2 with many calls on their way, as a gateway does: frames
/// of its own, headers by their index, answers counted by their end and not read.
/// </summary>
internal sealed class Http2Load : IDisposable
{
    private const int HeadBytes = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte WindowUpdate = 8;
    private const byte EndStream = 1;
    private const byte Acknowledge = 1;
    private const byte EndHeaders = 4;
    private const int WindowBytes = int.MaxValue;
    private const int GiveBackBytes = 1 << 24;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _in = new byte[256 * 1024];
    private readonly Dictionary<int, long> _due = [];
    private byte[] _out = new byte[64 * 1024];
    private int _outLength;
    private int _inLength;
    private int _stream = 1;
    private int _taken;
    private bool _isFirst = true;

    private Http2Load()
    {
    }

    /// <summary>Calls that the server broke off.</summary>
    public int Resets { get; private set; }

    public static async Task<Http2Load> ConnectAsync(int port)
    {
        var load = new Http2Load();
        await load._socket.ConnectAsync(IPAddress.Loopback, port);
        load.Put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        load.PutHead(6, Settings, 0, 0);
        load.Put([0, 4, 0x7F, 0xFF, 0xFF, 0xFF]); // SETTINGS_INITIAL_WINDOW_SIZE
        load.PutWindow(WindowBytes - ushort.MaxValue);
        return load;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Calls so many times, with so many on their way at once.</summary>
    /// <param name="calls">How many.</param>
    /// <param name="atOnce">At most so many without an answer.</param>
    /// <param name="messageOf">The framed message of a call.</param>
    /// <param name="pace">When to call; null for as soon as there is room.</param>
    /// <param name="answered">Told how long each took; null for nobody.</param>
    public async Task CallAsync(
        int calls, int atOnce, Func<int, byte[]> messageOf, Pace? pace = null, LatencyCounts? answered = null)
    {
        var (sent, done) = (0, 0);
        while (done < calls)
        {
            while (sent < calls && sent - done < atOnce)
            {
                var due = TimeProvider.System.GetTimestamp();
                if (pace is not null)
                {
                    due = await pace.WaitAsync(sent);
                }

                PutCall(messageOf(sent++), due);
                if (pace is not null)
                {
                    break;
                }
            }

            await FlushAsync();
            if (pace is null || _socket.Available > 0 || sent == calls || sent - done == atOnce)
            {
                done += await ReadAsync(answered);
            }
        }
    }

    private void PutCall(byte[] message, long due)
    {
        _due[_stream] = due;
        var block = _isFirst ? FirstBlock() : [0x83, 0x86, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62];
        _isFirst = false;
        PutHead(block.Length, Headers, EndHeaders, _stream);
        Put(block);
        PutHead(message.Length, Data, EndStream, _stream);
        Put(message);
        _stream += 2;
    }

    // :method POST, :scheme http, then path, authority, content-type and te, which the server keeps by number from 65 down.
    private static byte[] FirstBlock() =>
    [
        0x83, 0x86, .. Kept(4, "/envoy.service.auth.v3.Authorization/Check"), .. Kept(1, "x"),
        .. Kept(31, "application/grpc"), 0x40, 2, (byte)'t', (byte)'e', 8, .. "trailers"u8,
    ];

    private static byte[] Kept(int name, string value) =>
        [(byte)(0x40 | name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private async ValueTask<int> ReadAsync(LatencyCounts? answered)
    {
        var read = await _socket.ReceiveAsync(_in.AsMemory(_inLength));
        _inLength += read > 0 ? read : throw new IOException("The server hung up.");
        var (at, ended) = (0, 0);
        while (_inLength - at >= HeadBytes)
        {
            var length = (_in[at] << 16) | (_in[at + 1] << 8) | _in[at + 2];
            if (_inLength - at < HeadBytes + length)
            {
                break;
            }

            ended += Take(_in.AsSpan(at, HeadBytes + length), answered);
            at += HeadBytes + length;
        }

        _in.AsSpan(at, _inLength - at).CopyTo(_in);
        _inLength -= at;
        return ended;
    }

    private int Take(ReadOnlySpan<byte> frame, LatencyCounts? answered)
    {
        var (type, flags) = (frame[3], frame[4]);
        _taken += type == Data ? frame.Length - HeadBytes : 0;
        if (_taken > GiveBackBytes)
        {
            PutWindow(_taken);
            _taken = 0;
        }

        var stream = BinaryPrimitives.ReadInt32BigEndian(frame[5..]);
        switch (type)
        {
            case Settings when (flags & Acknowledge) == 0:
                PutHead(0, Settings, Acknowledge, 0);
                return 0;
            case Ping when (flags & Acknowledge) == 0:
                PutHead(8, Ping, Acknowledge, 0);
                Put(frame[HeadBytes..]);
                return 0;
            case GoAway:
                throw new IOException($"The server said good-bye: error {frame[^1]} after stream {_stream}.");
            case Reset:
                Resets++;
                break;
            case Data or Headers when (flags & EndStream) != 0:
                break;
            default:
                return 0;
        }

        _due.Remove(stream, out var due);
        answered?.Add(TimeProvider.System.GetElapsedTime(due));
        return 1;
    }

    private async ValueTask FlushAsync()
    {
        for (var sent = 0; sent < _outLength;)
        {
            sent += await _socket.SendAsync(_out.AsMemory(sent, _outLength - sent));
        }

        _outLength = 0;
    }

    private void PutWindow(int bytes)
    {
        PutHead(4, WindowUpdate, 0, 0);
        Span<byte> window = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, bytes);
        Put(window);
    }

    private void PutHead(int length, byte type, byte flags, int stream)
    {
        Span<byte> head = [(byte)(length >> 16), (byte)(length >> 8), (byte)length, type, flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        Put(head);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (_outLength + bytes.Length > _out.Length)
        {
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _outLength + bytes.Length));
        }

        bytes.CopyTo(_out.AsSpan(_outLength));
        _outLength += bytes.Length;
    }
}
