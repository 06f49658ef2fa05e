using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Tests.Readings;

/// <summary>A hash over everything that reading gives, over many prompts.</summary>
internal sealed class ReadingDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly int[] _row = new int[FeatureLayout.Width];

    /// <summary>Reads a prompt and takes all that came out.</summary>
    public void Add(Exchange exchange)
    {
        _reader.Read(exchange, _reading, _row);
        Add(_row);
        Add([_reading.ContentKey, (ulong)_reading.WordCount, _reading.HasContentSketch ? 1UL : 0]);
        if (_reading.HasContentSketch)
        {
            Add<uint>(_reading.ContentSketch);
        }

        ref var frame = ref _reading.Frame;
        Add([frame.SystemAnchor, frame.HeadAnchor, frame.TailAnchor]);
        Add<uint>(frame.Minima);
        _hash.AppendData(_reading.Excerpt.Span);
    }

    /// <summary>The hash so far; starts anew.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset())[..16];

    public void Dispose() => _hash.Dispose();

    private void Add<T>(ReadOnlySpan<T> cells)
        where T : struct => _hash.AppendData(MemoryMarshal.AsBytes(cells));

    private void Add(int[] cells) => Add<int>(cells);

    private void Add(ReadOnlySpan<ulong> cells) => Add<ulong>(cells);
}
