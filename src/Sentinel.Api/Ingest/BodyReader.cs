using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Sentinel.Api.Ingest;

/// <summary>Why a body could not be read.</summary>
internal enum BodyFault
{
    /// <summary>It could.</summary>
    None,

    /// <summary>Larger than allowed, as sent or decompressed.</summary>
    TooLarge,

    /// <summary>Says gzip and is not, or ends early.</summary>
    BadGzip,

    /// <summary>The client broke off or broke the protocol.</summary>
    BrokenOff,
}

/// <summary>
/// A whole request body in one rented buffer, decompressed, at most <c>bytesMax</c> bytes. Owned by one request.
/// </summary>
internal sealed class BodyReader : IDisposable
{
    private const int FirstBytes = 256 * 1024;

    private byte[] _buffer = [];

    /// <summary>The bytes read; valid until disposed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Reads the body to its end.</summary>
    public async ValueTask<BodyFault> ReadAsync(
        HttpRequest request, bool isGzip, int bytesMax, CancellationToken cancel)
    {
        if (request.ContentLength > bytesMax)
        {
            return BodyFault.TooLarge;
        }

        try
        {
            if (!isGzip)
            {
                return await FillAsync(request.Body, bytesMax, cancel);
            }

            // Only with System.IO.Compression.UseStrictValidation, which the host sets, is a cut-off body an error.
            await using var plain = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await FillAsync(plain, bytesMax, cancel);
        }
        catch (InvalidDataException)
        {
            return BodyFault.BadGzip;
        }
        catch (BadHttpRequestException cause)
        {
            return cause.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyFault.TooLarge : BodyFault.BrokenOff;
        }
    }

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        Bytes = default;
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private async ValueTask<BodyFault> FillAsync(Stream source, int bytesMax, CancellationToken cancel)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        while (true)
        {
            var read = await source.ReadAsync(_buffer.AsMemory(length), cancel);
            if (read == 0)
            {
                Bytes = _buffer.AsMemory(0, length);
                return BodyFault.None;
            }

            length += read;
            if (length > bytesMax)
            {
                return BodyFault.TooLarge;
            }

            if (length == _buffer.Length)
            {
                Grow(length, bytesMax);
            }
        }
    }

    private void Grow(int length, int bytesMax)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)length * 2, (long)bytesMax + 1));
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
