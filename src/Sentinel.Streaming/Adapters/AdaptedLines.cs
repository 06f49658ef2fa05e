using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Lines of exchange.v1 made from a gateway's records, and what became of the records. A record that could not be read
/// is a line, too, one that says so and that the decoder refuses: so it is kept aside like any other that cannot be
/// used, without a secret that may have stood in it. Reused; owned by one thread at a time.
/// </summary>
public sealed class AdaptedLines
{
    /// <summary>No further record is begun once the lines have so many bytes.</summary>
    public const int BytesTarget = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly List<long> _records = [];
    private readonly Dictionary<long, (string Code, string Detail)> _faults = [];
    private readonly long[] _skipped = new long[SkipReasons.Codes.Length];

    /// <summary>The lines, each with its end. Valid until the next fill.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>How many lines there are.</summary>
    public int LineCount => _records.Count;

    /// <summary>Records skipped, by <see cref="SkipReason"/>.</summary>
    public ReadOnlySpan<long> Skipped => _skipped;

    /// <summary>Whether no further record is begun.</summary>
    internal bool IsFull => _bytes.WrittenCount >= BytesTarget;

    /// <summary>The record, from 1, that became a line, from 1.</summary>
    public long RecordOf(long line) => _records[(int)line - 1];

    /// <summary>Why the record behind a line could not be read; null when it could.</summary>
    public (string Code, string Detail)? FaultOf(long line) =>
        _faults.TryGetValue(line, out var fault) ? fault : null;

    internal void Clear()
    {
        _bytes.ResetWrittenCount();
        _records.Clear();
        _faults.Clear();
        Array.Clear(_skipped);
    }

    internal void Add(long record, ExchangeDraft draft)
    {
        DraftWriter.Write(draft, _bytes);
        _records.Add(record);
    }

    internal void AddFault(long record, string gateway, string code, string detail)
    {
        using (var json = new Utf8JsonWriter(_bytes))
        {
            json.WriteStartObject();
            json.WriteString("gateway"u8, gateway);
            json.WriteNumber("record"u8, record);
            json.WriteString("fault"u8, code);
            json.WriteEndObject();
        }

        _bytes.Write("\n"u8);
        _records.Add(record);
        _faults.Add(_records.Count, (code, detail));
    }

    internal void Skip(SkipReason reason) => _skipped[(int)reason]++;

    /// <summary>The lines as text: for tests and messages.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes.WrittenSpan);
}
