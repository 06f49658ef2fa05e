using System.Buffers.Text;

namespace Sentinel.Simulation.Text;

/// <summary>UTF-8 that grows once and is reused from exchange to exchange. Owned by one simulator.</summary>
internal sealed class Utf8Buffer
{
    private byte[] _bytes = new byte[16 * 1024];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Everything written.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Forgets everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        Length += utf8.Length;
    }

    /// <summary>Adds a number in decimal.</summary>
    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        Length += written;
    }

    private Span<byte> Room(int byteCount)
    {
        if (_bytes.Length - Length < byteCount)
        {
            Array.Resize(ref _bytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + byteCount)));
        }

        return _bytes.AsSpan(Length);
    }
}
