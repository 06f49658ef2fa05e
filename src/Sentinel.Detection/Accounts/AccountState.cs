using Sentinel.Detection.Links;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// The bounded memory that an account lane has of one account: its profile, what it told of it, and the verdict that
/// its own exchanges support. About 1.1 KiB. Owned by the lane's thread.
/// </summary>
internal sealed class AccountState(int index, byte[] idUtf8) : IChangeTracked
{
    private LinkMemo _memo;

    public int Index { get; } = index;

    public AccountProfile Profile { get; } = new(idUtf8);

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

    /// <summary>Whether it changed since the last snapshot.</summary>
    public bool IsUnsaved { get; set; }
}
