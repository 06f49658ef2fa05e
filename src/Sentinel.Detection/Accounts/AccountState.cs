using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// The bounded memory that an account lane has of one account: its profile, what it told of it, and the verdict that
/// its own exchanges support. About 0.8 KiB; <see cref="AccountTable"/> keeps most accounts as bytes and uses these objects
/// for one after another. Owned by the lane's thread.
/// </summary>
internal sealed class AccountState
{
    private LinkMemo _memo;

    /// <summary>Place in the order in which accounts were first seen.</summary>
    public int Index { get; private set; }

    public AccountProfile Profile { get; } = new([]);

    /// <summary>The linkable keys of its latest exchange: an equal key needs no second look-up.</summary>
    public ref LinkMemo Memo => ref _memo;

    /// <summary>Level that its own exchanges support; it goes down only when a verified workload explains them.</summary>
    public VerdictLevel Level { get; set; }

    /// <summary>Level that they would support without a verified workload, when that was last told.</summary>
    public VerdictLevel ExplainedLevel { get; set; }

    /// <summary>Event time of its latest verdict, or -1.</summary>
    public long ToldAtMs { get; set; } = -1;

    /// <summary>Exchanges when its profile was last told to the campaigns lane.</summary>
    public long ExchangesTold { get; set; }

    /// <summary>Whether its profile waits to be told.</summary>
    public bool IsToBeTold { get; set; }

    /// <summary>Whether somebody holds it, so that it must stay the account that it is.</summary>
    public bool IsHeld => IsToBeTold || Profile.SamplesHolding > 0;

    /// <summary>Forgets all: another account, which sent nothing yet.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="idUtf8">Its id.</param>
    /// <param name="key">Hash of the id.</param>
    public void Become(int index, ReadOnlySpan<byte> idUtf8, ulong key)
    {
        Profile.Become(idUtf8, key);
        _memo = default;
        Index = index;
        (Level, ExplainedLevel, ToldAtMs, ExchangesTold) = (default, default, -1, 0);
    }
}
