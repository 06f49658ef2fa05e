using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.State;

/// <summary>
/// All that an account lane knows of an account as few bytes, some 150 to 350: what it keeps in memory of accounts that sent
/// nothing lately, and its snapshots. Every number comes back bit for bit. Stateless.
/// </summary>
/// <remarks>
/// Small where accounts are young: what is zero, whole, equal to something else or near it takes a byte or none. The keys that
/// the profile has are not repeated in the memo. Broken bytes are an <see cref="InvalidDataException"/>.
/// </remarks>
internal static class PackedAccount
{
    private const long DayMs = 86_400_000;
    private const int KeyCount = 6;
    private const int MemoCount = 4;
    private const int SystemIsBefore = 1 << 3;
    private const int HasEvidence = 1 << 4;

    // What most accounts have nothing of, or what is what they have elsewhere.
    [Flags]
    private enum Parts
    {
        None = 0,
        Told = 1 << 0,
        Nats = 1 << 1,
        Flag = 1 << 2,
        Ranks = 1 << 3,
        Pivot = 1 << 4,
        Bets = 1 << 5,
        Pauses = 1 << 6,
        Replays = 1 << 7,
        Folded = 1 << 8,

        // All times came in order since the first, and no test began anew: the gaps add up to the time from the first to the last.
        Gapless = 1 << 9,
        FirstStretch = 1 << 10,
        LastDay = 1 << 11,
    }

    /// <summary>Writes all of an account but its index.</summary>
    public static void Write(StateWriter to, AccountState account)
    {
        var profile = account.Profile;
        Span<double> pace = stackalloc double[PaceLedger.SavedCount];
        Span<double> schedule = stackalloc double[ScheduleLedger.SavedCount];
        profile.Pace.Save(pace);
        profile.Schedule.Save(schedule);
        var parts = PartsOf(account, pace, schedule);
        to.PutBytes(profile.IdUtf8);
        to.PutCount(profile.ExchangeCount);
        to.PutSparse([
            profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey, profile.PaymentKey, profile.IpBlockKey,
            profile.SegmentKey,
        ]);
        to.PutCount((long)parts);
        WriteTimes(to, pace, schedule, parts);
        WriteState(to, account, parts, (long)pace[0]);
        WriteCounts(to, profile, parts);
        WriteHabits(to, profile);
        to.PutSparseBytes(profile.Spread.Cells);
        to.PutSparseSingles(profile.KindSum);
        to.PutWholes(profile.EmbeddingSum);
        WriteFrames(to, profile, parts);
    }

    /// <summary>The account's id; what the bytes begin with.</summary>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> packed) => new StateReader(packed).TakeBytes();

    /// <summary>What can be told of an account without reading all of it.</summary>
    public static AccountHead HeadOf(ReadOnlySpan<byte> packed)
    {
        var reader = new StateReader(packed);
        var key = KeyHash.Of(reader.TakeBytes());
        var exchanges = reader.TakeLong();
        Span<ulong> keys = stackalloc ulong[KeyCount];
        reader.TakeSparse(keys);
        return new AccountHead(key, exchanges, keys[0]);
    }

    /// <summary>Makes an account what the bytes say.</summary>
    /// <param name="account">Forgets what it was.</param>
    /// <param name="index">Its index.</param>
    /// <param name="key">Hash of its id, which <see cref="IdOf"/> gives.</param>
    /// <param name="packed">What <see cref="Write"/> wrote, and nothing after that.</param>
    public static void ReadInto(AccountState account, int index, ulong key, ReadOnlySpan<byte> packed)
    {
        var from = new StateReader(packed);
        account.Become(index, from.TakeBytes(), key);
        var profile = account.Profile;
        Span<ulong> keys = stackalloc ulong[KeyCount];
        profile.ExchangeCount = from.TakeLong();
        from.TakeSparse(keys);
        (profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey) = (keys[0], keys[1], keys[2]);
        (profile.PaymentKey, profile.IpBlockKey, profile.SegmentKey) = (keys[3], keys[4], keys[5]);
        var parts = (Parts)from.TakeCount();
        var lastMs = ReadTimes(profile, ref from, parts);
        ReadState(account, ref from, parts, lastMs);
        ReadCounts(profile, ref from, parts, lastMs);
        ReadHabits(profile, ref from);
        from.TakeSparseBytes(profile.Spread.Cells);
        from.TakeSparseSingles(profile.KindSum);
        from.TakeWholes(profile.EmbeddingSum);
        ReadFrames(profile, ref from, parts);
        if (!from.IsAtEnd)
        {
            throw new InvalidDataException("An account has more bytes than it should.");
        }
    }

    private static Parts PartsOf(AccountState account, ReadOnlySpan<double> pace, ReadOnlySpan<double> schedule)
    {
        var profile = account.Profile;
        var bits = MemoryMarshal.Cast<double, long>(pace);
        var isEven = bits[2] == bits[1] && bits[4] == bits[3];
        return (account.ToldAtMs == -1 ? 0 : Parts.Told)
            | (IsZero(profile.UnlikeNats) && IsZero(profile.ContentPeak) ? 0 : Parts.Nats)
            | (profile.FlaggedAtMs == -1 && profile.ExchangesAtFlag == -1 ? 0 : Parts.Flag)
            | (IsZero(profile.HabitNats) && IsZero(profile.OutlierNats) && IsZero(profile.OutlierNatsSeen) ? 0 : Parts.Ranks)
            | (profile.Pivot.Release == 0 ? 0 : Parts.Pivot)
            | ((bits[5] | bits[6] | bits[7] | bits[8]) != 0 ? Parts.Bets : 0)
            | (isEven ? 0 : Parts.Pauses)
            | (profile.ReplayedConversations == 0 ? 0 : Parts.Replays)
            | (profile.Frames.Folded.IsEmpty ? 0 : Parts.Folded)
            | (bits[1] == BitConverter.DoubleToInt64Bits(pace[0] - schedule[0]) && pace[3].Equals(profile.ExchangeCount - 1.0)
                ? Parts.Gapless
                : 0)
            | (schedule[2].Equals(ScheduleLedger.FirstLength) ? Parts.FirstStretch : 0)
            | (profile.Day == DayOf((long)pace[0]) ? Parts.LastDay : 0);
    }

    private static int DayOf(long atMs) => (int)(atMs / DayMs);

    // Bit for bit: there is a zero below zero.
    private static bool IsZero(double value) => BitConverter.DoubleToInt64Bits(value) == 0;

    // The memo's other keys are those that the profile has.
    private static void WriteState(StateWriter to, AccountState account, Parts parts, long lastMs)
    {
        to.PutByte((byte)((int)account.Level | ((int)account.ExplainedLevel << 4)));
        if ((parts & Parts.Told) != 0)
        {
            to.PutInt64(lastMs - account.ToldAtMs);
        }

        to.PutInt64(account.Profile.ExchangeCount - account.ExchangesTold);
        ref var memo = ref account.Memo;
        to.PutSparse([memo[2], memo[3], memo[4], memo[5]]);
    }

    private static void ReadState(AccountState account, ref StateReader from, Parts parts, long lastMs)
    {
        var levels = from.TakeByte();
        (account.Level, account.ExplainedLevel) = ((VerdictLevel)(levels & 0xF), (VerdictLevel)(levels >> 4));
        account.ToldAtMs = (parts & Parts.Told) == 0 ? -1 : lastMs - from.TakeInt64();
        account.ExchangesTold = account.Profile.ExchangeCount - from.TakeInt64();
        Span<ulong> keys = stackalloc ulong[MemoCount];
        from.TakeSparse(keys);
        ref var memo = ref account.Memo;
        (memo[0], memo[1]) = (account.Profile.PaymentKey, account.Profile.PhoneKey);
        keys.CopyTo(MemoryMarshal.CreateSpan(ref memo[2], MemoCount));
        memo[6] = account.Profile.IpBlockKey;
    }

    private static void WriteCounts(StateWriter to, AccountProfile profile, Parts parts)
    {
        to.PutCount(profile.PositiveCount);
        to.PutCount(profile.RepeatedCount);
        to.PutCount(profile.RefusedCount);
        if ((parts & Parts.LastDay) == 0)
        {
            to.PutCount(profile.Day);
        }

        to.PutCount(profile.DayCount);
        if ((parts & Parts.Nats) != 0)
        {
            to.PutReal(profile.UnlikeNats);
            to.PutReal(profile.ContentPeak);
        }

        if ((parts & Parts.Flag) != 0)
        {
            to.PutInt64(profile.FlaggedAtMs);
            to.PutInt64(profile.ExchangesAtFlag);
        }

        if ((parts & Parts.Ranks) != 0)
        {
            to.PutSingle(profile.HabitNats);
            to.PutSingle(profile.OutlierNats);
            to.PutSingle(profile.OutlierNatsSeen);
        }

        if ((parts & Parts.Replays) != 0)
        {
            to.PutCount(profile.ReplayedConversations);
        }

        if ((parts & Parts.Pivot) != 0)
        {
            ref var pivot = ref profile.Pivot;
            to.PutUInt64(pivot.Release);
            to.PutByte(pivot.Since);
            to.PutByte(pivot.OnNew);
            to.PutBool(pivot.HasBefore);
            to.PutSingle(pivot.Nats);
        }
    }

    private static void ReadCounts(AccountProfile profile, ref StateReader from, Parts parts, long lastMs)
    {
        profile.PositiveCount = from.TakeCount();
        profile.RepeatedCount = from.TakeCount();
        profile.RefusedCount = from.TakeCount();
        profile.Day = (parts & Parts.LastDay) != 0 ? DayOf(lastMs) : from.TakeCount();
        profile.DayCount = from.TakeCount();
        if ((parts & Parts.Nats) != 0)
        {
            (profile.UnlikeNats, profile.ContentPeak) = (from.TakeReal(), from.TakeReal());
        }

        if ((parts & Parts.Flag) != 0)
        {
            (profile.FlaggedAtMs, profile.ExchangesAtFlag) = (from.TakeInt64(), from.TakeInt64());
        }

        if ((parts & Parts.Ranks) != 0)
        {
            (profile.HabitNats, profile.OutlierNats) = (from.TakeSingle(), from.TakeSingle());
            profile.OutlierNatsSeen = from.TakeSingle();
        }

        profile.ReplayedConversations = (parts & Parts.Replays) == 0 ? 0 : from.TakeCount();
        if ((parts & Parts.Pivot) != 0)
        {
            profile.Pivot = new PivotLedger
            {
                Release = from.TakeUInt64(),
                Since = from.TakeByte(),
                OnNew = from.TakeByte(),
                HasBefore = from.TakeBool(),
                Nats = from.TakeSingle(),
            };
        }
    }

    private static void WriteHabits(StateWriter to, AccountProfile profile)
    {
        ref var habits = ref profile.Habits;
        to.PutCount(habits.Hours);
        to.PutByte(habits.HoursMax);
        to.PutInt64(profile.Day - habits.Day);
        to.PutCount(habits.Days);
        to.PutCount(habits.FirstDay);
        to.PutBits(habits.Addresses);
        to.PutBits(habits.Clients);
        to.PutCount(habits.Sampling);
        to.PutCount(habits.Turns.First);
        to.PutCount(habits.Turns.Known);
        to.PutCount(habits.Reasoning);
        to.PutCount(habits.Output);
    }

    private static void ReadHabits(AccountProfile profile, ref StateReader from) => profile.Habits = new HabitLedger
    {
        Hours = (uint)from.TakeLong(),
        HoursMax = from.TakeByte(),
        Day = (int)(profile.Day - from.TakeInt64()),
        Days = from.TakeCount(),
        FirstDay = from.TakeCount(),
        Addresses = from.TakeBits(),
        Clients = from.TakeBits(),
        Sampling = from.TakeCount(),
        Turns = (from.TakeCount(), from.TakeCount()),
        Reasoning = from.TakeCount(),
        Output = from.TakeLong(),
    };

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

/// <summary>What is known of an account without reading all of it.</summary>
/// <param name="Key">64-bit hash of its id.</param>
/// <param name="ExchangeCount">Its exchanges.</param>
/// <param name="OrgKey">Key of its organisation, or 0.</param>
internal readonly record struct AccountHead(ulong Key, long ExchangeCount, ulong OrgKey);
