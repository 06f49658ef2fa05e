using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.State;

/// <summary>
/// All that an account lane knows of an account as few bytes: what it keeps in memory of accounts that sent nothing lately, and
/// its snapshots. The <see cref="PackedProfile"/>, then what the lane told of it. Stateless.
/// </summary>
/// <remarks>
/// The keys that the profile has are not repeated in the memo. Broken bytes are an <see cref="InvalidDataException"/>.
/// </remarks>
internal static class PackedAccount
{
    // In the byte of what was told: two bits a level, and whether a verdict was.
    private const int LevelBits = 2;
    private const int LevelMask = (1 << LevelBits) - 1;
    private const int Told = 1 << (2 * LevelBits);
    private const int MemoCount = 4;

    /// <summary>Writes all of an account but its index.</summary>
    public static void Write(StateWriter to, AccountState account)
    {
        var lastMs = PackedProfile.Write(to, account.Profile);
        WriteState(to, account, lastMs);
    }

    /// <summary>The account's id; what the bytes begin with.</summary>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> packed) => PackedProfile.IdOf(packed);

    /// <summary>What can be told of an account without reading all of it.</summary>
    public static AccountHead HeadOf(ReadOnlySpan<byte> packed) => PackedProfile.HeadOf(packed);

    /// <summary>Makes an account what the bytes say.</summary>
    /// <param name="account">Forgets what it was.</param>
    /// <param name="index">Its index.</param>
    /// <param name="key">Hash of its id, which <see cref="IdOf"/> gives.</param>
    /// <param name="packed">What <see cref="Write"/> wrote, and nothing after that.</param>
    public static void ReadInto(AccountState account, int index, ulong key, ReadOnlySpan<byte> packed)
    {
        var from = new StateReader(packed);
        account.Become(index, from.TakeBytes(), key);
        var lastMs = PackedProfile.ReadAfterId(account.Profile, ref from);
        ReadState(account, ref from, lastMs);
        if (!from.IsAtEnd)
        {
            throw new InvalidDataException("An account has more bytes than it should.");
        }
    }

    // The memo's other keys are those that the profile has.
    private static void WriteState(StateWriter to, AccountState account, long lastMs)
    {
        var isTold = account.ToldAtMs != -1;
        to.PutByte((byte)((int)account.Level | ((int)account.ExplainedLevel << LevelBits) | (isTold ? Told : 0)));
        if (isTold)
        {
            to.PutInt64(lastMs - account.ToldAtMs);
        }

        to.PutInt64(account.Profile.ExchangeCount - account.ExchangesTold);
        ref var memo = ref account.Memo;
        to.PutSparse([memo[2], memo[3], memo[4], memo[5]]);
    }

    private static void ReadState(AccountState account, ref StateReader from, long lastMs)
    {
        var told = from.TakeByte();
        account.Level = (VerdictLevel)(told & LevelMask);
        account.ExplainedLevel = (VerdictLevel)((told >> LevelBits) & LevelMask);
        account.ToldAtMs = (told & Told) == 0 ? -1 : lastMs - from.TakeInt64();
        account.ExchangesTold = account.Profile.ExchangeCount - from.TakeInt64();
        Span<uint> keys = stackalloc uint[MemoCount];
        from.TakeSparse(keys);
        ref var memo = ref account.Memo;
        (memo[0], memo[1]) = (account.Profile.PaymentKey, account.Profile.PhoneKey);
        keys.CopyTo(MemoryMarshal.CreateSpan(ref memo[2], MemoCount));
        memo[6] = account.Profile.IpBlockKey;
    }
}
