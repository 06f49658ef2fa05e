using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Detection.Observations;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

// A block of exchanges being filled, column by column. Owned by the lane until it is handed to an insert.
internal sealed class ExchangeBlock
{
    // Of 65,536 rows the widest column (excerpts of at most 640 bytes) takes 42 MB.
    private const int ColumnBytesMax = 128 << 20;

    private readonly NativeColumn[] _columns =
        [.. ExchangeColumns.All.Select(shape => new NativeColumn(shape, ColumnBytesMax))];

    private readonly byte[] _head = new byte[2 * VarInt.BytesMax];
    private readonly List<ReadOnlyMemory<byte>> _body = [];

    private int _partition;
    private long _firstOffset;
    private long _lastOffset;

    public int RowCount { get; private set; }

    public void Append(int partition, Observation observation)
    {
        _partition = partition;
        _firstOffset = RowCount == 0 ? observation.Offset : _firstOffset;
        _lastOffset = observation.Offset;
        var columns = _columns.AsSpan();
        columns[0].Put((uint)partition);
        columns[1].Put((ulong)observation.Offset);
        columns[2].Put(new UInt128(observation.EventKey.High, observation.EventKey.Low));
        columns[3].Put(observation.OccurredAtMs);
        columns[4].PutText(observation.AccountId.Span);
        columns[5].Put(observation.AccountCreatedAtMs);
        columns[6].Put(observation.OrgKey);
        columns[7].Put(observation.PlanKey);
        columns[8].Put(observation.SignupRouteKey);
        columns[9].Put(observation.EmailDomainKey);
        columns[10].Put(observation.EmailKey);
        columns[11].Put(observation.PaymentKey);
        columns[12].Put(observation.PhoneKey);
        columns[13].Put(observation.AccountCountryKey);
        columns[14].Put(observation.IpKey);
        columns[15].Put(observation.IpBlockKey);
        columns[16].Put(observation.UserAgentKey);
        columns[17].Put(observation.Ja4Key);
        columns[18].Put(observation.DeviceKey);
        columns[19].Put(observation.ModelKey);
        columns[20].Put(observation.Turn);
        columns[21].Put(observation.SampleCount);
        columns[22].Put(observation.Logprobs);
        columns[23].Put((byte)observation.Reasoning);
        columns[24].Put(observation.Refused);
        columns[25].Put(observation.InputTokens);
        columns[26].Put(observation.OutputTokens);
        columns[27].Put(observation.ReasoningRefIssuedKey);
        columns[28].PutArray(observation.ReasoningRefs);
        columns[29].Put(observation.ContentKey);
        AppendFrameAndScores(columns[30..], observation);
        RowCount++;
    }

    // A partition's offsets are given once, so the first and the last name the block.
    public string Token() => string.Create(
        CultureInfo.InvariantCulture, $"exchanges/{_partition}/{_firstOffset}-{_lastOffset}/{RowCount}");

    /// <summary>The block's pieces; they stay as they are until <see cref="Clear"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body()
    {
        var length = VarInt.Write(_head, (ulong)_columns.Length);
        length += VarInt.Write(_head.AsSpan(length), (ulong)RowCount);
        _body.Clear();
        _body.Add(_head.AsMemory(0, length));
        foreach (var column in _columns)
        {
            column.AddTo(_body);
        }

        return _body;
    }

    public void Clear()
    {
        RowCount = 0;
        foreach (var column in _columns)
        {
            column.Clear();
        }
    }

    private static void AppendFrameAndScores(Span<NativeColumn> columns, Observation observation)
    {
        ref var frame = ref observation.Frame;
        columns[0].Put(frame.SystemAnchor);
        columns[1].Put(frame.HeadAnchor);
        columns[2].Put(frame.TailAnchor);
        columns[3].PutBytes(MemoryMarshal.AsBytes(frame.Minima));
        ref var scores = ref observation.Scores;
        columns[4].Put(scores.HarvestSteps);
        var kinds = scores.KindSteps;
        for (var i = 0; i < kinds.Length; i++)
        {
            columns[5 + i].Put(kinds[i]);
        }

        columns[12].PutBytes(MemoryMarshal.AsBytes(scores.Embedding));
        columns[13].PutText(observation.Excerpt.Span);
        columns[14].PutArray(observation.OutputBands);
        columns[15].PutArray(observation.MaterialBands);
        columns[16].Put(observation.Tier);
        columns[17].Put(observation.ConversationKey);
    }
}
