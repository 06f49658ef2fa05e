using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Turns one body of a gateway's records into lines of exchange.v1. Never throws, whatever the bytes: what cannot be
/// read is a line that the decoder refuses, and what a record lacks is left out of its line. Records of one call in the
/// same body become one exchange: a piece of a stream waits for its end. Not thread-safe.
/// </summary>
/// <param name="format">Whose records they are.</param>
/// <param name="body">
/// JSON: a list, one object a line, or a single object. Must stay as it is until the reader is done.
/// </param>
public sealed class GatewayReader(GatewayFormat format, ReadOnlyMemory<byte> body)
{
    /// <summary>Longest record of a call, bytes.</summary>
    public const int RecordBytesMax = ExchangeDecoder.LineBytesMax;

    /// <summary>Longest OTLP export request, bytes: collectors send at most 4 MiB unless told otherwise.</summary>
    public const int OtlpBytesMax = 2 * ExchangeDecoder.LineBytesMax;

    /// <summary>Pieces of streams that wait for their end; past it the newcomer is dropped, and counted.</summary>
    public const int PartialsMax = 1_024;

    /// <summary>Calls of a body that are remembered to see duplicates; the judge sees those of the others.</summary>
    public const int CallsMax = 65_536;

    private readonly string _name = GatewayFormats.NameOf(format);
    private readonly DraftWriter _writer = new();
    private readonly Dictionary<string, (long Record, ExchangeDraft Draft)> _partials = new(StringComparer.Ordinal);
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _flat = new();
    private int _position;
    private bool _isDone;

    /// <summary>Records met so far.</summary>
    public long RecordCount { get; private set; }

    /// <summary>
    /// Fills <paramref name="lines"/> with the next ones; false when the body has been read to its end.
    /// </summary>
    public bool TryFill(AdaptedLines lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        lines.Clear();
        if (_isDone)
        {
            return false;
        }

        var recordMax = format == GatewayFormat.Otlp ? OtlpBytesMax : RecordBytesMax;
        var splitter = new RecordSplitter(body.Span, _position, recordMax);
        while (!lines.IsFull)
        {
            if (!splitter.TryNext(out var record))
            {
                _isDone = true;
                FlushPartials(lines);
                break;
            }

            Read(record, splitter.Fault, splitter.Start, lines);
        }

        _position = splitter.Position;
        return true;
    }

    private void Read(ReadOnlySpan<byte> record, DecodeFaultKind fault, int start, AdaptedLines lines)
    {
        if (fault == DecodeFaultKind.None && ForeignJson.TryOpen(record, out var document, out fault))
        {
            if (format == GatewayFormat.Otlp)
            {
                using (document)
                {
                    ReadOtlp(document!.RootElement, lines);
                }
            }
            else
            {
                RecordCount++;
                using var source = new SourceRecord(document!);
                ReadCall(source, lines);
            }

            return;
        }

        var at = start.ToString(CultureInfo.InvariantCulture);
        lines.AddFault(
            ++RecordCount, _name, DecodeFault.CodeOf(fault),
            fault switch
            {
                DecodeFaultKind.TooLong => $"The record at byte {at} is longer than a record may be.",
                DecodeFaultKind.InvalidUtf8 => $"The record at byte {at} is not UTF-8.",
                _ => $"What stands at byte {at} is not one whole JSON object.",
            });
    }

    private void ReadOtlp(JsonElement request, AdaptedLines lines)
    {
        foreach (var call in OtlpRecords.Read(request))
        {
            RecordCount++;
            call.Gather();
            if (call.Skip is { } reason)
            {
                lines.Skip(reason);
                continue;
            }

            _flat.ResetWrittenCount();
            call.Write(_flat);
            if (ForeignJson.TryOpen(_flat.WrittenSpan, out var flat, out var fault))
            {
                using var source = new SourceRecord(flat!);
                ReadCall(source, lines);
            }
            else
            {
                lines.AddFault(
                    RecordCount, _name, DecodeFault.CodeOf(fault), "The attributes of the call are no JSON.");
            }
        }
    }

    private void ReadCall(SourceRecord source, AdaptedLines lines)
    {
        var draft = new ExchangeDraft();
        if (IsAddressOfNoModel(source))
        {
            lines.Skip(SkipReason.NotModelCall);
            return;
        }

        foreach (var row in GatewayTables.RowsOf(format))
        {
            row.Apply(source, draft);
        }

        var call = draft.Has(ExchangeDraft.CallId) ? _writer.EventIdOf(draft) : null;
        if (call is not null && _calls.Contains(call))
        {
            lines.Skip(SkipReason.Duplicate);
        }
        else if (draft.IsAnswered)
        {
            if (call is not null && _partials.Remove(call, out var earlier))
            {
                draft.FillFrom(earlier.Draft);
                lines.Skip(SkipReason.Duplicate);
            }

            Add(RecordCount, draft, call, lines);
        }
        else
        {
            Hold(draft, call, lines);
        }
    }

    private bool IsAddressOfNoModel(SourceRecord source)
    {
        if (format is GatewayFormat.LiteLlm or GatewayFormat.Otlp)
        {
            return false;
        }

        var address = AddressPaths
            .Select(path => source.TryFind(path, out var value) ? Conversions.TextOf(value) : null)
            .FirstOrDefault(static text => text is not null);
        return address is not null && !Operations.IsModelCall(address);
    }

    private static readonly SourcePath[] AddressPaths =
        [.. new[] { "path", "url", "uri", "request.path", "request.url" }.Select(SourcePath.Nested)];

    private void Hold(ExchangeDraft draft, string? call, AdaptedLines lines)
    {
        if (call is not null && _partials.TryGetValue(call, out var earlier))
        {
            earlier.Draft.FillFrom(draft);
            lines.Skip(SkipReason.PartialStream);
        }
        else if (call is not null && _partials.Count < PartialsMax)
        {
            _partials.Add(call, (RecordCount, draft));
        }
        else
        {
            Drop(RecordCount, draft, call, lines);
        }
    }

    private void FlushPartials(AdaptedLines lines)
    {
        foreach (var (call, (record, draft)) in _partials.OrderBy(static partial => partial.Value.Record))
        {
            Drop(record, draft, call, lines);
        }

        _partials.Clear();
    }

    // A piece of a stream is followed by another record, sooner or later. Anything else that tells too little is what
    // its sender has to look into.
    private void Drop(long record, ExchangeDraft draft, string? call, AdaptedLines lines)
    {
        if (draft.IsStream || format == GatewayFormat.Otlp)
        {
            lines.Skip(SkipReason.PartialStream);
        }
        else
        {
            Add(record, draft, call, lines);
        }
    }

    private void Add(long record, ExchangeDraft draft, string? call, AdaptedLines lines)
    {
        _writer.Finish(draft);
        lines.Add(record, draft);
        if (call is not null && _calls.Count < CallsMax)
        {
            _calls.Add(call);
        }
    }
}
