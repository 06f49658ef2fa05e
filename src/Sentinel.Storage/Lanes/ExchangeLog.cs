using System.Runtime.InteropServices;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

// Reads one partition of the log in offset order, one range of offsets at a time: the memory of a range bounds it.
internal sealed class ExchangeLog(IClickHouse clickHouse, int partition)
{
    // 65,536 rows of about 650 bytes: 43 MB of native memory, and the cost of a query is lost among them.
    private const int RangeMax = 65_536;

    private static readonly string RangeSql = string.Concat(
        "SELECT ",
        ExchangeColumns.Names,
        " FROM exchanges WHERE partition = {partition:UInt32} AND offset >= {from:UInt64} AND offset < {to:UInt64}",
        " ORDER BY partition, offset LIMIT {rows:UInt64}");

    private readonly NativeBlock _block = new(ExchangeColumns.All);
    private readonly ulong[] _reasoningRefs = new ulong[Observation.ReasoningRefsMax];
    private readonly ulong[] _outputBands = new ulong[Observation.OutputBandsMax];
    private readonly ulong[] _materialBands = new ulong[Observation.MaterialBandsMax];
    private readonly Observation _observation = new();

    /// <summary>Hands over what lies from one offset up to another. Gives how many there were.</summary>
    public async Task<long> ReadAsync(long from, long to, Action<Observation> observe, CancellationToken cancel)
    {
        var count = 0L;
        _observation.Offset = from - 1;
        for (var start = from; start < to; start += RangeMax)
        {
            cancel.ThrowIfCancellationRequested();
            using var bytes = await clickHouse.QueryAsync(
                RangeSql,
                ClickHouseFormat.Native,
                [
                    SqlParameter.Of("partition", partition),
                    SqlParameter.Of("from", start),
                    SqlParameter.Of("to", Math.Min(to, start + RangeMax)),
                    SqlParameter.Of("rows", 2L * RangeMax),
                ],
                cancel);
            count += ReadBlocks(bytes.Memory.Span, observe);
        }

        return count;
    }

    private long ReadBlocks(ReadOnlySpan<byte> bytes, Action<Observation> observe)
    {
        var count = 0L;
        for (var position = 0; position < bytes.Length;)
        {
            position = _block.Open(bytes, position);
            for (var row = 0; row < _block.RowCount; row++)
            {
                var last = _observation.Offset;
                ReadRow(bytes);

                // A server that took an insert in and lost its answer may have been sent it twice.
                if (_observation.Offset > last)
                {
                    observe(_observation);
                    count++;
                }
            }
        }

        return count;
    }

    private void ReadRow(ReadOnlySpan<byte> bytes)
    {
        var o = _observation;
        _ = _block.Take<uint>(bytes, 0);
        o.Offset = (long)_block.Take<ulong>(bytes, 1);
        var eventKey = _block.Take<UInt128>(bytes, 2);
        o.EventKey = new EventKey((ulong)(eventKey >> 64), (ulong)eventKey);
        o.OccurredAtMs = _block.Take<long>(bytes, 3);
        o.AccountId.Set(_block.TakeText(bytes, 4));
        o.AccountCreatedAtMs = _block.Take<long>(bytes, 5);
        o.OrgKey = _block.Take<ulong>(bytes, 6);
        o.PlanKey = _block.Take<ulong>(bytes, 7);
        o.SignupRouteKey = _block.Take<ulong>(bytes, 8);
        o.EmailDomainKey = _block.Take<ulong>(bytes, 9);
        o.EmailKey = _block.Take<ulong>(bytes, 10);
        o.PaymentKey = _block.Take<ulong>(bytes, 11);
        o.PhoneKey = _block.Take<ulong>(bytes, 12);
        o.AccountCountryKey = _block.Take<ulong>(bytes, 13);
        o.IpKey = _block.Take<ulong>(bytes, 14);
        o.IpBlockKey = _block.Take<ulong>(bytes, 15);
        o.UserAgentKey = _block.Take<ulong>(bytes, 16);
        o.Ja4Key = _block.Take<ulong>(bytes, 17);
        o.DeviceKey = _block.Take<ulong>(bytes, 18);
        o.ModelKey = _block.Take<ulong>(bytes, 19);
        o.Turn = _block.Take<int>(bytes, 20);
        o.SampleCount = _block.Take<int>(bytes, 21);
        o.Logprobs = _block.Take<bool>(bytes, 22);
        o.Reasoning = (ReasoningEffort)_block.Take<byte>(bytes, 23);
        o.Refused = _block.Take<bool>(bytes, 24);
        o.InputTokens = _block.Take<int>(bytes, 25);
        o.OutputTokens = _block.Take<int>(bytes, 26);
        o.ReasoningRefIssuedKey = _block.Take<ulong>(bytes, 27);
        o.SetReasoningRefs(_reasoningRefs.AsSpan(0, _block.TakeArray(bytes, 28, _reasoningRefs)));
        o.ContentKey = _block.Take<ulong>(bytes, 29);
        ReadFrameAndScores(bytes, o);
    }

    private void ReadFrameAndScores(ReadOnlySpan<byte> bytes, Observation o)
    {
        o.Frame.SystemAnchor = _block.Take<ulong>(bytes, 30);
        o.Frame.HeadAnchor = _block.Take<ulong>(bytes, 31);
        o.Frame.TailAnchor = _block.Take<ulong>(bytes, 32);
        _block.TakeBytes(bytes, 33).CopyTo(MemoryMarshal.AsBytes(o.Frame.Minima));
        o.Scores.HarvestSteps = _block.Take<ushort>(bytes, 34);
        var kinds = o.Scores.KindSteps;
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = _block.Take<ushort>(bytes, 35 + i);
        }

        _block.TakeBytes(bytes, 42).CopyTo(MemoryMarshal.AsBytes(o.Scores.Embedding));
        o.Excerpt.Set(_block.TakeText(bytes, 43));
        o.SetBands(
            _outputBands.AsSpan(0, _block.TakeArray(bytes, 44, _outputBands)),
            _materialBands.AsSpan(0, _block.TakeArray(bytes, 45, _materialBands)));
        o.Tier = _block.Take<byte>(bytes, 46);
        o.ConversationKey = _block.Take<ulong>(bytes, 47);
    }
}
