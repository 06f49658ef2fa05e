using System.Globalization;

namespace Sentinel.Streaming.Input;

/// <summary>How a source can end badly. What came before is used all the same.</summary>
internal enum SourceFaultKind : byte
{
    /// <summary>Compressed data ends before its end mark.</summary>
    TruncatedGzip,

    /// <summary>Compressed data makes no sense from somewhere on.</summary>
    CorruptGzip,
}

/// <summary>Where a source ended badly.</summary>
/// <param name="Kind">How.</param>
/// <param name="Line">The line in which it did, from 1.</param>
/// <param name="ByteOffset">First byte of that line in the decompressed source.</param>
/// <param name="BytesRead">Decompressed bytes that could be read.</param>
/// <param name="IsLineCut">Whether the last line of the chunk is that line, cut off.</param>
internal readonly record struct SourceFault(
    SourceFaultKind Kind, long Line, long ByteOffset, long BytesRead, bool IsLineCut)
{
    /// <summary>Stable code.</summary>
    public string Code => Kind == SourceFaultKind.TruncatedGzip ? "truncated_gzip" : "corrupt_gzip";

    /// <summary>A sentence for people.</summary>
    public string Describe()
    {
        var bytes = BytesRead.ToString(CultureInfo.InvariantCulture);
        return Kind == SourceFaultKind.TruncatedGzip
            ? $"The gzip data ends early; {bytes} bytes of text came before."
            : $"The gzip data is corrupt; {bytes} bytes of text came before.";
    }
}
