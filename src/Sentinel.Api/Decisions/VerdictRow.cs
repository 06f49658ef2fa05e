using System.Runtime.InteropServices;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>A verdict as the board keeps it, in 40 bytes; texts by their number.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct VerdictRow
{
    private readonly long _offset;
    private readonly long _atTicks;
    private readonly long _flaggedAtTicks;
    private readonly int _partition;
    private readonly int _policyVersion;
    private readonly int _campaign;
    private readonly int _reasonAndKind; // Reason's number, action and level.

    private const int KindBits = 4;
    private const int KindMask = (1 << KindBits) - 1;

    private VerdictRow(in VerdictHead verdict, TextTable texts)
    {
        (_partition, _offset, _policyVersion) = (verdict.Id.Partition, verdict.Id.Offset, verdict.Id.PolicyVersion);
        _atTicks = verdict.At.UtcTicks;
        _flaggedAtTicks = verdict.FlaggedAt.UtcTicks;
        _campaign = texts.NumberOf(verdict.CampaignId);
        _reasonAndKind = (texts.NumberOf(verdict.Reason) << (2 * KindBits))
            | ((int)verdict.Action << KindBits) | (int)verdict.Level;
    }

    /// <summary>Event time of the verdict.</summary>
    public long AtTicks => _atTicks;

    /// <summary>The answer.</summary>
    public DecisionAction Action => (DecisionAction)((_reasonAndKind >> KindBits) & KindMask);

    /// <summary>The verdict's level.</summary>
    public VerdictLevel Level => (VerdictLevel)(_reasonAndKind & KindMask);

    /// <summary>A verdict in short.</summary>
    public static VerdictRow Of(in VerdictHead verdict, TextTable texts) => new(verdict, texts);

    /// <summary>What follows from it.</summary>
    public BoardDecision Decision(VerdictOrigin origin, TextTable texts) => new(
        new VerdictId(_partition, _offset, _policyVersion), Action, Level,
        texts.TextOf(_reasonAndKind >> (2 * KindBits)) ?? BoardDecision.NothingFound, texts.TextOf(_campaign))
    {
        Origin = origin,
        FlaggedAt = new DateTimeOffset(_flaggedAtTicks, TimeSpan.Zero),
        At = new DateTimeOffset(_atTicks, TimeSpan.Zero),
    };
}
