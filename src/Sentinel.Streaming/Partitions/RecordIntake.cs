using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Takes lines that came over HTTP into the topic of exchanges, keyed by account. Lines that could not be used are told at
/// once and never written. Which events are known, only the lanes know: nothing counts as duplicate here. Thread-safe.
/// </summary>
/// <param name="records">Where they go.</param>
/// <param name="topics">Names of the topics.</param>
/// <param name="lettersMax">Rejected lines that are told.</param>
public sealed class RecordIntake(IRecordWriter records, TopicNames topics, int lettersMax)
{
    /// <summary>Takes lines, and returns when all in-sync replicas have them.</summary>
    /// <param name="lines">NDJSON.</param>
    /// <param name="source">What rejected lines are told by.</param>
    /// <param name="cancel">Stops waiting; what was queued is written all the same.</param>
    /// <exception cref="LaneFaultedException">The topic cannot be written.</exception>
    public async Task<IngestOutcome> SubmitAsync(ReadOnlyMemory<byte> lines, string source, CancellationToken cancel)
    {
        var exchange = new Exchange();
        var letters = new List<DeadLetter>();
        var writes = new List<Task>();
        var (number, rejected) = (0L, 0L);
        for (var start = 0; start < lines.Length;)
        {
            var length = lines.Span[start..].IndexOf((byte)'\n');
            length = length < 0 ? lines.Length - start : length;
            var line = lines.Slice(start, length);
            number++;
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                if (TryDecode(line, exchange, out var fault))
                {
                    var key = exchange.AccountId.Span.ToArray();
                    writes.Add(await records.WriteAsync(
                        topics.Exchanges, IRecordWriter.ByKey, key, line, RecordFormat.Json, cancel));
                }
                else if (++rejected <= lettersMax)
                {
                    letters.Add(new DeadLetter(source, number, start, fault.Code, fault.Describe(), HeadOf(line.Span)));
                }
            }

            start += length + 1;
        }

        await Task.WhenAll(writes).WaitAsync(cancel);
        return new IngestOutcome(IngestEnd.Done, writes.Count, 0, rejected, [.. letters]);
    }

    private static bool TryDecode(ReadOnlyMemory<byte> line, Exchange exchange, out DecodeFault fault) =>
        ExchangeDecoder.TryDecode(line.Span, exchange, out fault);

    private static string HeadOf(ReadOnlySpan<byte> line)
    {
        var head = Encoding.UTF8.GetString(line[..Math.Min(line.Length, DeadLetter.HeadMax)]);
        return head.Length <= DeadLetter.HeadMax ? head : head[..DeadLetter.HeadMax];
    }
}
