using System.Buffers;
using System.IO.Compression;
using System.Net;

namespace Sentinel.Storage.Http;

// The pieces of a block as the body of a request. It can be sent again as long as the block stays as it is.
internal sealed class BlockContent : HttpContent
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _pieces;
    private readonly WireCompression _compression;

    public BlockContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces, WireCompression compression)
    {
        _pieces = pieces;
        _compression = compression;
        if (compression != WireCompression.None)
        {
            Headers.ContentEncoding.Add(compression == WireCompression.Lz4 ? "lz4" : "gzip");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        for (var i = 0; i < _pieces.Count; i++)
        {
            length += _pieces[i].Length;
        }

        return _compression == WireCompression.None;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        switch (_compression)
        {
            case WireCompression.Lz4:
                await WriteLz4Async(stream, cancellationToken);
                break;
            case WireCompression.Gzip:
                await using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
                {
                    await WritePiecesAsync(gzip, cancellationToken);
                }

                break;
            default:
                await WritePiecesAsync(stream, cancellationToken);
                break;
        }
    }

    private async Task WritePiecesAsync(Stream stream, CancellationToken cancel)
    {
        for (var i = 0; i < _pieces.Count; i++)
        {
            await stream.WriteAsync(_pieces[i], cancel);
        }
    }

    private async Task WriteLz4Async(Stream stream, CancellationToken cancel)
    {
        var raw = ArrayPool<byte>.Shared.Rent(Lz4Frame.BlockBytesMax);
        var packed = ArrayPool<byte>.Shared.Rent(Lz4Frame.RoomFor(Lz4Frame.BlockBytesMax));
        try
        {
            var frame = new Lz4Frame();
            Lz4Frame.Head.CopyTo(packed);
            await stream.WriteAsync(packed.AsMemory(0, Lz4Frame.Head.Length), cancel);
            var filled = 0;
            for (var i = 0; i < _pieces.Count; i++)
            {
                for (var rest = _pieces[i]; rest.Length > 0;)
                {
                    var part = rest[..Math.Min(rest.Length, Lz4Frame.BlockBytesMax - filled)];
                    part.CopyTo(raw.AsMemory(filled));
                    filled += part.Length;
                    rest = rest[part.Length..];
                    if (filled == Lz4Frame.BlockBytesMax)
                    {
                        var blockLength = frame.WriteBlock(raw.AsSpan(0, filled), packed);
                        await stream.WriteAsync(packed.AsMemory(0, blockLength), cancel);
                        filled = 0;
                    }
                }
            }

            var length = filled == 0 ? 0 : frame.WriteBlock(raw.AsSpan(0, filled), packed);
            Lz4Frame.End.CopyTo(packed.AsSpan(length));
            await stream.WriteAsync(packed.AsMemory(0, length + Lz4Frame.End.Length), cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
