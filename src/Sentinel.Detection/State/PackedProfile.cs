using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.State;

/// <summary>
/// An account's profile as few bytes, some 150 to 300: in what an account lane keeps of accounts (<see cref="PackedAccount"/>),
/// on the wire to the campaigns lane and in that lane's snapshots. Every number comes back as it was. Stateless.
/// </summary>
/// <remarks>
/// Small where accounts are young: what is zero, whole, equal to something else or near it takes a byte or none. What follows the
/// profile is left to who reads on. Broken bytes are an <see cref="InvalidDataException"/>.
/// </remarks>
internal static partial class PackedProfile
{
    /// <summary>
    /// Bytes that the smallest one takes: a bound on how many there can be. One each for the id's length, the exchanges and the
    /// mask of the keys, 2 of parts, which leave out two times, a stretch and the day, 8 times, 4 counts, 12 habits, 2 of the
    /// spread's mask, one each for the bits of the kinds and of the embedding, 3 for a single context.
    /// </summary>
    public const int BytesMin = 36;

    private const long DayMs = 86_400_000;
    private const int KeyCount = 6;

    // What most accounts have nothing of, or what is what they have elsewhere.
    [Flags]
    private enum Parts
    {
        None = 0,
        Unlike = 1 << 0,
        Flag = 1 << 1,
        Ranks = 1 << 2,
        Pivot = 1 << 3,
        Bets = 1 << 4,
        Pauses = 1 << 5,
        Replays = 1 << 6,
        Folded = 1 << 7,

        // All times came in order since the first, and no test began anew: the gaps add up to the time from the first to the last.
        Gapless = 1 << 8,
        FirstStretch = 1 << 9,
        LastDay = 1 << 10,
        Peak = 1 << 11,
    }

    /// <summary>Writes all of a profile; gives the time of its latest exchange.</summary>
    public static long Write(StateWriter to, AccountProfile profile)
    {
        Span<double> pace = stackalloc double[PaceLedger.SavedCount];
        Span<double> schedule = stackalloc double[ScheduleLedger.SavedCount];
        profile.Pace.Save(pace);
        profile.Schedule.Save(schedule);
        var parts = PartsOf(profile, pace, schedule);
        to.PutBytes(profile.IdUtf8);
        to.PutCount(profile.ExchangeCount);
        to.PutSparse([
            profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey, profile.PaymentKey, profile.IpBlockKey,
            profile.SegmentKey,
        ]);
        to.PutCount((long)parts);
        WriteTimes(to, pace, schedule, parts);
        WriteCounts(to, profile, parts, (long)pace[0]);
        WriteHabits(to, profile);
        to.PutSparseBytes(profile.Spread.Cells);
        to.PutWholes(profile.KindSum);
        to.PutWholes(profile.EmbeddingSum);
        WriteFrames(to, profile, parts);
        return (long)pace[0];
    }

    /// <summary>The account's id; what the bytes begin with.</summary>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> packed) => new StateReader(packed).TakeBytes();

    /// <summary>What can be told of an account without reading all of it.</summary>
    public static AccountHead HeadOf(ReadOnlySpan<byte> packed)
    {
        var reader = new StateReader(packed);
        var key = KeyHash.Of(reader.TakeBytes());
        var exchanges = reader.TakeLong();
        Span<uint> keys = stackalloc uint[KeyCount];
        reader.TakeSparse(keys);
        return new AccountHead(key, exchanges, keys[0]);
    }

    /// <summary>A new profile of what <see cref="Write"/> wrote, and nothing read of what follows.</summary>
    public static AccountProfile Read(ref StateReader from)
    {
        var profile = new AccountProfile(from.TakeBytes());
        ReadAfterId(profile, ref from);
        return profile;
    }

    /// <summary>Reads all that follows the id; gives the time of the latest exchange.</summary>
    /// <param name="profile">Already that of the account with this id, which sent nothing yet.</param>
    /// <param name="from">Stands after the id, and then after the profile.</param>
    public static long ReadAfterId(AccountProfile profile, ref StateReader from)
    {
        Span<uint> keys = stackalloc uint[KeyCount];
        profile.ExchangeCount = from.TakeLong();
        from.TakeSparse(keys);
        (profile.OrgKey, profile.EmailDomainKey, profile.PhoneKey) = (keys[0], keys[1], keys[2]);
        (profile.PaymentKey, profile.IpBlockKey, profile.SegmentKey) = (keys[3], keys[4], keys[5]);
        var parts = (Parts)from.TakeCount();
        var lastMs = ReadTimes(profile, ref from, parts);
        ReadCounts(profile, ref from, parts, lastMs);
        ReadHabits(profile, ref from);
        from.TakeSparseBytes(profile.Spread.Cells);
        from.TakeWholes(profile.KindSum);
        from.TakeWholes(profile.EmbeddingSum);
        ReadFrames(profile, ref from, parts);
        return lastMs;
    }

    private static Parts PartsOf(AccountProfile profile, ReadOnlySpan<double> pace, ReadOnlySpan<double> schedule)
    {
        var bits = MemoryMarshal.Cast<double, long>(pace);
        var isEven = bits[2] == bits[1] && bits[4] == bits[3];
        return (IsZero(profile.UnlikeNats) ? 0 : Parts.Unlike)
            | (IsZero(profile.ContentPeak) ? 0 : Parts.Peak)
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

    private static void PutNats(StateWriter to, float nats) => to.PutSteps(nats, ContentEvidence.StepsPerNat);

    private static float TakeNats(ref StateReader from) => (float)from.TakeSteps(ContentEvidence.StepsPerNat);

    private static void WriteCounts(StateWriter to, AccountProfile profile, Parts parts, long lastMs)
    {
        to.PutCount(profile.PositiveCount);
        to.PutCount(profile.RepeatedCount);
        to.PutCount(profile.RefusedCount);
        if ((parts & Parts.LastDay) == 0)
        {
            to.PutCount(profile.Day);
        }

        to.PutCount(profile.DayCount);
        if ((parts & Parts.Unlike) != 0)
        {
            to.PutDouble(profile.UnlikeNats);
        }

        if ((parts & Parts.Peak) != 0)
        {
            PutNats(to, profile.ContentPeak);
        }

        if ((parts & Parts.Flag) != 0)
        {
            to.PutInt64(lastMs - profile.FlaggedAtMs);
            to.PutInt64(profile.ExchangesAtFlag);
        }

        if ((parts & Parts.Ranks) != 0)
        {
            PutNats(to, profile.HabitNats);
            PutNats(to, profile.OutlierNats);
            PutNats(to, profile.OutlierNatsSeen);
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
        profile.UnlikeNats = (parts & Parts.Unlike) == 0 ? 0 : from.TakeDouble();
        profile.ContentPeak = (parts & Parts.Peak) == 0 ? 0 : TakeNats(ref from);

        if ((parts & Parts.Flag) != 0)
        {
            (profile.FlaggedAtMs, profile.ExchangesAtFlag) = (lastMs - from.TakeInt64(), from.TakeInt64());
        }

        if ((parts & Parts.Ranks) != 0)
        {
            (profile.HabitNats, profile.OutlierNats) = (TakeNats(ref from), TakeNats(ref from));
            profile.OutlierNatsSeen = TakeNats(ref from);
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
}

/// <summary>What is known of an account without reading all of it.</summary>
/// <param name="Key">64-bit hash of its id.</param>
/// <param name="ExchangeCount">Its exchanges.</param>
/// <param name="OrgKey">Short key of its organisation, or 0.</param>
internal readonly record struct AccountHead(ulong Key, long ExchangeCount, uint OrgKey);
