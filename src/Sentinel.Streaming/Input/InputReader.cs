using System.IO.Compression;

namespace Sentinel.Streaming.Input;

/// <summary>
/// Reads the sources of an <see cref="InputSet"/> one after another into chunks of lines. A chunk never spans two
/// sources. Owned by one thread; only <see cref="BytesRead"/> may be asked for by others.
/// </summary>
internal sealed class InputReader : IDisposable
{
    /// <summary>Bytes read at once.</summary>
    private const int WindowBytes = 128 * 1024;

    /// <summary>
    /// Without this switch the runtime takes compressed data that ends early for complete. The project files set it for
    /// every program of the house.
    /// </summary>
    private const string StrictGzipSwitch = "System.IO.Compression.UseStrictValidation";

    private readonly InputSet _set;
    private readonly LineSplitter _splitter = new();
    private readonly byte[] _window = new byte[WindowBytes];
    private int _windowStart;
    private int _windowEnd;
    private int _next;
    private InputFile? _file;
    private SourceStream? _source;
    private Stream? _text;
    private long _bytesBefore;

    public InputReader(InputSet set)
    {
        if (!AppContext.TryGetSwitch(StrictGzipSwitch, out var isStrict) || !isStrict)
        {
            throw new InvalidOperationException($"The runtime option {StrictGzipSwitch} must be true.");
        }

        _set = set;
    }

    /// <summary>Bytes read of all sources as they lie, for a progress display.</summary>
    public long BytesRead => Volatile.Read(ref _bytesBefore) + (Volatile.Read(ref _source)?.BytesRead ?? 0);

    /// <summary>Fills the chunk with the next lines; false when there are none.</summary>
    /// <exception cref="InputReadException">A source cannot be opened or read.</exception>
    public bool TryRead(LineChunk chunk, CancellationToken cancel)
    {
        while (_text is not null || TryOpenNext())
        {
            chunk.Begin(_file!.Name);
            while (!chunk.IsFull && FillWindow(chunk))
            {
                cancel.ThrowIfCancellationRequested();
                _windowStart += _splitter.Take(_window.AsSpan(_windowStart, _windowEnd - _windowStart), chunk);
            }

            if (!chunk.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => CloseSource();

    /// <summary>Sees to it that there are bytes to split; false, with the source closed, when it has ended.</summary>
    private bool FillWindow(LineChunk chunk)
    {
        if (_text is null)
        {
            return false;
        }

        if (_windowStart < _windowEnd)
        {
            return true;
        }

        SourceFault? fault = null;
        _windowStart = _windowEnd = 0;
        try
        {
            _windowEnd = _text.Read(_window);
        }
        catch (InvalidDataException)
        {
            // Where the source's bytes had ended the data was cut off; else it makes no sense.
            var kind = _source!.HasEnded ? SourceFaultKind.TruncatedGzip : SourceFaultKind.CorruptGzip;
            fault = new SourceFault(
                kind, _splitter.LineCount + 1, _splitter.LineOffset, _splitter.BytesTaken, IsLineCut: false);
        }
        catch (IOException failure)
        {
            throw new InputReadException(_file!.Name, failure);
        }

        if (_windowEnd > 0)
        {
            return true;
        }

        var hasLast = _splitter.Finish(chunk);
        chunk.Fault = fault is { } ended ? ended with { IsLineCut = hasLast } : null;
        CloseSource();
        return false;
    }

    private bool TryOpenNext()
    {
        if (_next == _set.Files.Length)
        {
            return false;
        }

        _file = _set.Files[_next++];
        _splitter.Begin();
        _windowStart = _windowEnd = 0;
        try
        {
            var source = new SourceStream(_file.Open());
            Volatile.Write(ref _source, source);
            _text = IsGzip(source.Peek(), _file)
                ? new GZipStream(source, CompressionMode.Decompress, leaveOpen: true)
                : source;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputReadException(_file.Name, failure);
        }

        return true;
    }

    private static bool IsGzip(ReadOnlySpan<byte> first, InputFile file)
    {
        if (first.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return true;
        }

        // A damaged .gz is one fault, not thousands of bad lines; text that only has the name is read as the text it
        // is.
        var isText = first.IsEmpty || first[0] is (byte)'{' or (byte)' ' or (byte)'\t' or (byte)'\r' or (
            byte)'\n' or 0xEF;
        return file.IsNamedGzip && !isText;
    }

    private void CloseSource()
    {
        if (_source is not null)
        {
            Volatile.Write(ref _bytesBefore, _bytesBefore + _source.BytesRead);
            _text?.Dispose();
            _source.Dispose();
            Volatile.Write(ref _source, null);
            _text = null;
        }
    }
}
