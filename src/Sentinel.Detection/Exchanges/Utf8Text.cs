namespace Sentinel.Detection.Exchanges;

/// <summary>
/// A short UTF-8 text in a buffer that grows once and is reused: ids on the hot path, where a string each would be
/// garbage each. Not thread-safe; owned by whoever owns the object it sits in.
/// </summary>
public sealed class Utf8Text
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>The bytes; empty when nothing is known.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Whether nothing is held.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Forgets the text and keeps the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>Copies <paramref name="utf8"/> in.</summary>
    public void Set(ReadOnlySpan<byte> utf8)
    {
        if (_bytes.Length < utf8.Length)
        {
            _bytes = new byte[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)utf8.Length))];
        }

        utf8.CopyTo(_bytes);
        _length = utf8.Length;
    }

    /// <summary>Copies <paramref name="other"/> in.</summary>
    public void Set(Utf8Text other) => Set(other.Span);

    /// <summary>The text as a new string: not for the hot path.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Span);
}
