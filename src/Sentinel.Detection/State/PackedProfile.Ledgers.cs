using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;

namespace Sentinel.Detection.State;

// What its ledgers hold: times and contexts.
internal static partial class PackedProfile
{
    // The first and the latest time, all gaps, those that were no pause where that is less, the bets once there are any, and the
    // sums of the schedule.
    private static void WriteTimes(StateWriter to, ReadOnlySpan<double> pace, ReadOnlySpan<double> schedule, Parts parts)
    {
        to.PutReal(pace[0]);
        to.PutReal(pace[0] - schedule[0]);
        to.PutReal(pace[0] - schedule[1]);
        if ((parts & Parts.Gapless) == 0)
        {
            to.PutReal(pace[1]);
            to.PutReal(pace[3]);
        }

        if ((parts & Parts.Pauses) != 0)
        {
            to.PutReal(pace[2]);
            to.PutReal(pace[4]);
        }

        if ((parts & Parts.Bets) != 0)
        {
            to.PutRaw(MemoryMarshal.AsBytes(pace[5..]));
        }

        foreach (var value in schedule[((parts & Parts.FirstStretch) != 0 ? 3 : 2)..])
        {
            to.PutReal(value);
        }
    }

    // Gives the latest time.
    private static long ReadTimes(AccountProfile profile, ref StateReader from, Parts parts)
    {
        Span<double> pace = stackalloc double[PaceLedger.SavedCount];
        Span<double> schedule = stackalloc double[ScheduleLedger.SavedCount];
        pace.Clear();
        pace[0] = from.TakeReal();
        (schedule[0], schedule[1]) = (pace[0] - from.TakeReal(), pace[0] - from.TakeReal());
        (pace[1], pace[3]) = (parts & Parts.Gapless) != 0
            ? (pace[0] - schedule[0], profile.ExchangeCount - 1)
            : (from.TakeReal(), from.TakeReal());
        (pace[2], pace[4]) = (parts & Parts.Pauses) == 0 ? (pace[1], pace[3]) : (from.TakeReal(), from.TakeReal());
        if ((parts & Parts.Bets) != 0)
        {
            from.TakeRaw((PaceLedger.SavedCount - 5) * sizeof(double)).CopyTo(MemoryMarshal.AsBytes(pace[5..]));
        }

        var isFirst = (parts & Parts.FirstStretch) != 0;
        schedule[2] = ScheduleLedger.FirstLength;
        foreach (ref var value in schedule[(isFirst ? 3 : 2)..])
        {
            value = from.TakeReal();
        }

        profile.Pace.Restore(pace);
        profile.Schedule.Restore(schedule);
        return (long)pace[0];
    }

    // Many frames of an account have one system prompt.
    private static void WriteFrames(StateWriter to, AccountProfile profile, Parts parts)
    {
        var slots = profile.Frames.InUse;
        to.PutByte((byte)slots.Length);
        var system = 0UL;
        foreach (ref readonly var slot in slots)
        {
            var isBefore = slot.SystemAnchor != 0 && slot.SystemAnchor == system;
            var hasEvidence = BitConverter.SingleToInt32Bits(slot.EvidenceSum) != 0;
            to.PutByte((byte)((slot.SystemAnchor != 0 && !isBefore ? 1 : 0) | (slot.HeadAnchor != 0 ? 2 : 0)
                | (slot.TailAnchor != 0 ? 4 : 0) | (isBefore ? SystemIsBefore : 0) | (hasEvidence ? HasEvidence : 0)));
            PutAnchor(to, isBefore ? 0 : slot.SystemAnchor);
            PutAnchor(to, slot.HeadAnchor);
            PutAnchor(to, slot.TailAnchor);
            to.PutCount(slot.Count);
            if (hasEvidence)
            {
                to.PutSingle(slot.EvidenceSum);
            }

            system = slot.SystemAnchor;
        }

        if ((parts & Parts.Folded) != 0)
        {
            to.PutSingles(profile.Frames.Folded);
        }
    }

    private static void ReadFrames(AccountProfile profile, ref StateReader from, Parts parts)
    {
        Span<FrameSlot> slots = stackalloc FrameSlot[FrameLedger.FramesMax + 1];
        var count = from.TakeByte();
        if (count is 0 or > FrameLedger.FramesMax + 1)
        {
            throw new InvalidDataException("An account has at least one context and at most 17.");
        }

        var system = 0UL;
        for (var i = 0; i < count; i++)
        {
            var mask = from.TakeByte();
            system = (mask & SystemIsBefore) != 0 ? system : (mask & 1) != 0 ? from.TakeUInt64() : 0;
            slots[i] = new FrameSlot
            {
                SystemAnchor = system,
                HeadAnchor = (mask & 2) != 0 ? from.TakeUInt64() : 0,
                TailAnchor = (mask & 4) != 0 ? from.TakeUInt64() : 0,
                Count = from.TakeCount(),
                EvidenceSum = (mask & HasEvidence) != 0 ? from.TakeSingle() : 0,
            };
        }

        Span<float> folded = stackalloc float[ContentEvidence.BetCount];
        if ((parts & Parts.Folded) != 0)
        {
            from.TakeSingles(folded);
        }

        profile.Frames.Restore(slots[..count], (parts & Parts.Folded) != 0 ? folded : []);
    }

    private static void PutAnchor(StateWriter to, ulong anchor)
    {
        if (anchor != 0)
        {
            to.PutUInt64(anchor);
        }
    }
}
