using System.Buffers;
using System.IO.Pipelines;

namespace Sentinel.Api;

/// <summary>Reads a small body to its end where it arrived, without copying it.</summary>
internal static class WholeBody
{
    /// <summary>
    /// The body if all of it has arrived, as a small one mostly has with its head; else nothing is read. To be given back as
    /// that of <see cref="ReadAsync"/>.
    /// </summary>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">It broke off, or is larger than the server takes.</exception>
    public static bool TryRead(PipeReader reader, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (!reader.TryRead(out var read))
        {
            return false;
        }

        if (read.IsCompleted)
        {
            body = read.Buffer;
            return true;
        }

        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return false;
    }

    /// <summary>
    /// The body, or the beginning of one that is longer than <paramref name="bytesMax"/>. The caller gives it back by
    /// <see cref="PipeReader.AdvanceTo(SequencePosition)"/>.
    /// </summary>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">It broke off, or is larger than the server takes.</exception>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(
        PipeReader reader, int bytesMax, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            if (read.IsCompleted || read.Buffer.Length > bytesMax)
            {
                return read.Buffer;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
