using System.Buffers;
using System.Runtime.InteropServices;

namespace Sentinel.Storage.Embedded;

// A result in the library's own memory, handed on without a copy.
internal sealed unsafe class ChDbResult : MemoryManager<byte>
{
    private readonly byte* _bytes;
    private readonly int _length;
    private nint _result;

    private ChDbResult(nint result, byte* bytes, int length)
    {
        _result = result;
        _bytes = bytes;
        _length = length;
    }

    /// <summary>Takes a result over; an error in it is thrown.</summary>
    public static ChDbResult Take(nint result)
    {
        if (result == 0)
        {
            throw new ClickHouseException("chDB gave no result.");
        }

        if (Marshal.PtrToStringUTF8((nint)ChDbNative.ResultError(result)) is { } error)
        {
            ChDbNative.DestroyResult(result);
            throw new ClickHouseException(error);
        }

        var length = ChDbNative.ResultLength(result);
        if (length > int.MaxValue)
        {
            ChDbNative.DestroyResult(result);
            throw new ClickHouseException("The result is larger than 2 GiB; the query needs a limit.");
        }

        return new ChDbResult(result, ChDbNative.ResultBuffer(result), (int)length);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_result == 0, this);
        return new Span<byte>(_bytes, _length);
    }

    // Native memory does not move.
    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        var result = Interlocked.Exchange(ref _result, 0);
        if (result != 0)
        {
            ChDbNative.DestroyResult(result);
        }
    }
}
