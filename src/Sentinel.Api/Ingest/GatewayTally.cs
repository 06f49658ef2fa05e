using Sentinel.Streaming.Adapters;

namespace Sentinel.Api.Ingest;

/// <summary>Adds up what became of a body's records. Owned by one request.</summary>
internal sealed class GatewayTally(int reasonsMax)
{
    private readonly List<IngestReason> _reasons = [];
    private readonly long[] _skipped = new long[SkipReasons.Codes.Length];
    private long _accepted;
    private long _duplicate;
    private long _rejected;

    /// <summary>Adds records that became no line.</summary>
    public void Add(ReadOnlySpan<long> skipped)
    {
        for (var i = 0; i < skipped.Length; i++)
        {
            _skipped[i] += skipped[i];
        }
    }

    /// <summary>Adds what became of lines; reasons name the records behind them.</summary>
    public void Add(IntakeReceipt receipt, AdaptedLines lines)
    {
        _accepted += receipt.Accepted;
        _duplicate += receipt.Duplicate;
        _rejected += receipt.Rejected;
        foreach (var letter in receipt.Reasons.Take(reasonsMax - _reasons.Count))
        {
            var (code, detail) = lines.FaultOf(letter.Line) ?? (letter.Code, letter.Detail);
            _reasons.Add(new IngestReason { Line = lines.RecordOf(letter.Line), Code = code, Detail = detail });
        }
    }

    /// <summary>The sum.</summary>
    public GatewayAnswer Answer(long records) => new()
    {
        Records = records,
        Accepted = _accepted,
        Duplicate = _duplicate,
        Rejected = _rejected,
        Skipped =
        [
            .. SkipReasons.Codes.Zip(_skipped, static (code, count) => new GatewaySkip { Code = code, Count = count })
                .Where(static skip => skip.Count > 0),
        ],
        Reasons = _reasons,
        ReasonsOmitted = _rejected - _reasons.Count,
    };
}
