using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;

namespace Sentinel.Detection.State;

/// <summary>
/// Account profiles as bytes: on the wire to the campaigns lane and in that lane's snapshots. About 300 bytes each. What an
/// account lane keeps is a <see cref="PackedAccount"/>.
/// </summary>
internal static class ProfileCodec
{
    public static void Write(StateWriter to, AccountProfile profile)
    {
        to.PutBytes(profile.IdUtf8);
        to.PutSparse([
            profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey, profile.PaymentKey, profile.IpBlockKey,
            profile.SegmentKey,
        ]);
        to.PutCount(profile.ExchangeCount);
        to.PutCount(profile.PositiveCount);
        to.PutCount(profile.RepeatedCount);
        to.PutCount(profile.RefusedCount);
        to.PutCount(profile.Day);
        to.PutCount(profile.DayCount);
        to.PutDouble(profile.UnlikeNats);
        WriteHabits(to, profile);
        to.PutDouble(profile.ContentPeak);
        to.PutInt64(profile.FlaggedAtMs);
        to.PutInt64(profile.ExchangesAtFlag);
        to.PutRaw(profile.Spread.Cells);
        to.PutSingles(profile.KindSum);
        to.PutSingles(profile.EmbeddingSum);
        Span<double> pace = stackalloc double[PaceLedger.SavedCount + ScheduleLedger.SavedCount];
        profile.Pace.Save(pace);
        profile.Schedule.Save(pace[PaceLedger.SavedCount..]);
        foreach (var value in pace)
        {
            to.PutDouble(value);
        }

        var slots = profile.Frames.InUse;
        to.PutByte((byte)slots.Length);
        foreach (var slot in slots)
        {
            to.PutSparse([slot.SystemAnchor, slot.HeadAnchor, slot.TailAnchor]);
            to.PutCount(slot.Count);
            to.PutSingle(slot.EvidenceSum);
        }

        if (slots.Length > FrameLedger.FramesMax)
        {
            var folded = profile.Frames.Folded; // Before that nothing can have been.
            to.PutBool(!folded.IsEmpty);
            to.PutSingles(folded);
        }
    }

    private static void WriteHabits(StateWriter to, AccountProfile profile)
    {
        ref var pivot = ref profile.Pivot;
        to.PutSparse([pivot.Release]);
        if (pivot.Release != 0)
        {
            to.PutByte(pivot.Since);
            to.PutByte(pivot.OnNew);
            to.PutBool(pivot.HasBefore);
            to.PutSingle(pivot.Nats);
        }

        ref var habits = ref profile.Habits;
        to.PutCount(habits.Hours);
        to.PutByte(habits.HoursMax);
        to.PutCount(habits.Day);
        to.PutCount(habits.Days);
        to.PutCount(habits.FirstDay);
        to.PutUInt64(habits.Addresses);
        to.PutUInt64(habits.Clients);
        to.PutCount(habits.Sampling);
        to.PutCount(habits.Turns.First);
        to.PutCount(habits.Turns.Known);
        to.PutCount(habits.Reasoning);
        to.PutCount(habits.Output);
        to.PutSingle(profile.HabitNats);
        to.PutSingle(profile.OutlierNats);
        to.PutCount(profile.ReplayedConversations);
    }

    private static void ReadHabits(AccountProfile profile, ref StateReader from)
    {
        Span<ulong> release = stackalloc ulong[1];
        from.TakeSparse(release);
        profile.Pivot = release[0] == 0 ? default : new PivotLedger
        {
            Release = release[0],
            Since = from.TakeByte(),
            OnNew = from.TakeByte(),
            HasBefore = from.TakeBool(),
            Nats = from.TakeSingle(),
        };
        profile.Habits = new HabitLedger
        {
            Hours = (uint)from.TakeLong(),
            HoursMax = from.TakeByte(),
            Day = from.TakeCount(),
            Days = from.TakeCount(),
            FirstDay = from.TakeCount(),
            Addresses = from.TakeUInt64(),
            Clients = from.TakeUInt64(),
            Sampling = from.TakeCount(),
            Turns = (from.TakeCount(), from.TakeCount()),
            Reasoning = from.TakeCount(),
            Output = from.TakeLong(),
        };
        profile.HabitNats = from.TakeSingle();
        profile.OutlierNats = from.TakeSingle();
        profile.ReplayedConversations = from.TakeCount();
    }

    public static AccountProfile Read(ref StateReader from)
    {
        var profile = new AccountProfile(from.TakeBytes());
        Span<ulong> keys = stackalloc ulong[6];
        from.TakeSparse(keys);
        (profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey) = (keys[0], keys[1], keys[2]);
        (profile.PaymentKey, profile.IpBlockKey, profile.SegmentKey) = (keys[3], keys[4], keys[5]);
        profile.ExchangeCount = from.TakeLong();
        profile.PositiveCount = from.TakeCount();
        profile.RepeatedCount = from.TakeCount();
        profile.RefusedCount = from.TakeCount();
        profile.Day = from.TakeCount();
        profile.DayCount = from.TakeCount();
        profile.UnlikeNats = from.TakeDouble();
        ReadHabits(profile, ref from);
        profile.ContentPeak = from.TakeDouble();
        profile.FlaggedAtMs = from.TakeInt64();
        profile.ExchangesAtFlag = from.TakeInt64();
        from.TakeRaw(HarvestSpread.CellCount).CopyTo(profile.Spread.Cells);
        from.TakeSingles(profile.KindSum);
        from.TakeSingles(profile.EmbeddingSum);
        Span<double> pace = stackalloc double[PaceLedger.SavedCount + ScheduleLedger.SavedCount];
        for (var i = 0; i < pace.Length; i++)
        {
            pace[i] = from.TakeDouble();
        }

        profile.Pace.Restore(pace);
        profile.Schedule.Restore(pace[PaceLedger.SavedCount..]);
        Span<FrameSlot> slots = stackalloc FrameSlot[FrameLedger.FramesMax + 1];
        var count = from.TakeByte();
        if (count is 0 or > FrameLedger.FramesMax + 1)
        {
            throw new InvalidDataException("An account has at least one context and at most 17.");
        }

        for (var i = 0; i < count; i++)
        {
            from.TakeSparse(keys[..3]);
            slots[i] = new FrameSlot
            {
                SystemAnchor = keys[0],
                HeadAnchor = keys[1],
                TailAnchor = keys[2],
                Count = from.TakeCount(),
                EvidenceSum = from.TakeSingle(),
            };
        }

        Span<float> folded = stackalloc float[ContentEvidence.BetCount];
        var isFolded = count > FrameLedger.FramesMax && from.TakeBool();
        if (isFolded)
        {
            from.TakeSingles(folded);
        }

        profile.Frames.Restore(slots[..count], isFolded ? folded : []);
        return profile;
    }
}
