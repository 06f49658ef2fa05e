using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;

namespace Sentinel.Detection.State;

// What its ledgers hold: times and contexts.
internal static partial class PackedProfile
{
    private const int HasSystem = 1 << 0;
    private const int HasHead = 1 << 1;
    private const int HasTail = 1 << 2;
    private const int SystemIsBefore = 1 << 3;
    private const int CountShift = 4;
    private const int ManyFrom = 15;

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
            foreach (var bet in pace[5..])
            {
                to.PutSteps(bet, PaceLedger.StepsPerNat);
            }
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
            foreach (ref var bet in pace[5..])
            {
                bet = from.TakeSteps(PaceLedger.StepsPerNat);
            }
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

    // Many frames of an account have one system prompt. A byte for which tags there are, and how many exchanges if they are few.
    private static void WriteFrames(StateWriter to, AccountProfile profile, Parts parts)
    {
        var slots = profile.Frames.InUse;
        to.PutByte((byte)slots.Length);
        var system = 0u;
        foreach (ref readonly var slot in slots)
        {
            var isBefore = slot.Tags.System != 0 && slot.Tags.System == system;
            system = slot.Tags.System;
            to.PutByte((byte)((system != 0 && !isBefore ? HasSystem : 0) | (slot.Tags.Head != 0 ? HasHead : 0)
                | (slot.Tags.Tail != 0 ? HasTail : 0) | (isBefore ? SystemIsBefore : 0)
                | (Math.Min(slot.Count, ManyFrom) << CountShift)));
            PutTag(to, isBefore ? 0 : system);
            PutTag(to, slot.Tags.Head);
            PutTag(to, slot.Tags.Tail);
            if (slot.Count >= ManyFrom)
            {
                to.PutCount(slot.Count - ManyFrom);
            }

            PutNats(to, slot.EvidenceSum);
        }

        if ((parts & Parts.Folded) != 0)
        {
            foreach (var bet in profile.Frames.Folded)
            {
                PutNats(to, bet);
            }
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

        var system = 0u;
        foreach (ref var slot in slots[..count])
        {
            var mask = from.TakeByte();
            system = (mask & SystemIsBefore) != 0 ? system : TakeTag(ref from, mask & HasSystem);
            slot.Tags = new FrameTags(system, TakeTag(ref from, mask & HasHead), TakeTag(ref from, mask & HasTail));
            slot.Count = mask >> CountShift;
            if (slot.Count == ManyFrom)
            {
                slot.Count = (int)Math.Min(int.MaxValue, (long)ManyFrom + from.TakeCount());
            }

            slot.EvidenceSum = TakeNats(ref from);
        }

        Span<float> folded = stackalloc float[ContentEvidence.BetCount];
        if ((parts & Parts.Folded) != 0)
        {
            foreach (ref var bet in folded)
            {
                bet = TakeNats(ref from);
            }
        }

        profile.Frames.Restore(slots[..count], (parts & Parts.Folded) != 0 ? folded : []);
    }

    private static void PutTag(StateWriter to, uint tag)
    {
        if (tag != 0)
        {
            to.PutTag(tag);
        }
    }

    private static uint TakeTag(ref StateReader from, int isThere) => isThere == 0 ? 0 : from.TakeTag();
}
