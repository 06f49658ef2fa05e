using System.Buffers;
using System.IO.Compression;

namespace Sentinel.Hosting.Output;

/// <summary>
/// Compresses blocks side by side and writes them in their order, each as a gzip member of its own: a file may have any
/// number of them (RFC 1952, section 2.2). The bytes depend on the blocks, not on the cores. Owned by one thread.
/// </summary>
/// <param name="file">Where to write; stays open.</param>
/// <param name="blocksMax">Blocks being compressed at once; each has its text and its compressed bytes in memory.</param>
internal sealed class GzipBlocks(Stream file, int blocksMax) : IAsyncDisposable
{
    private readonly Queue<Task<Slot>> _pending = [];
    private readonly Stack<Slot> _free = [];
    private Slot _slot = new();

    /// <summary>The block to fill, empty after each <see cref="EndBlockAsync"/>.</summary>
    public ArrayBufferWriter<byte> Block => _slot.Text;

    /// <summary>Hands the block over; waits while as many are on their way as may be.</summary>
    public async ValueTask EndBlockAsync(CancellationToken cancel)
    {
        var slot = _slot;
        _pending.Enqueue(Task.Run(slot.Compress, CancellationToken.None));
        if (_pending.Count >= blocksMax)
        {
            await WriteFirstAsync(cancel);
        }

        _slot = _free.TryPop(out var free) ? free : new Slot();
    }

    /// <summary>Writes what is on its way. A block that was not ended is left out.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        while (_pending.Count > 0)
        {
            await WriteFirstAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var compression in _pending)
        {
            await compression; // Of a run that was cancelled: none goes on behind its back.
        }
    }

    private async ValueTask WriteFirstAsync(CancellationToken cancel)
    {
        var slot = await _pending.Dequeue();
        await file.WriteAsync(slot.Compressed.GetBuffer().AsMemory(0, (int)slot.Compressed.Length), cancel);
        slot.Text.ResetWrittenCount();
        _free.Push(slot);
    }

    /// <summary>A block on its way; its buffers are used again.</summary>
    private sealed class Slot
    {
        public ArrayBufferWriter<byte> Text { get; } = new();

        public MemoryStream Compressed { get; } = new();

        public Slot Compress()
        {
            Compressed.SetLength(0);
            using var gzip = new GZipStream(Compressed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(Text.WrittenSpan);
            return this;
        }
    }
}
