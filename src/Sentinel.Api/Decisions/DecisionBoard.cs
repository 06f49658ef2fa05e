// Two judges conclude on an account, each in its own time. The newest verdict of each is an entry of its own, and the
// stronger of the two holds; so nothing is lost when the stronger one falls.
using System.Text;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>
/// The decision in force for every account that has one, in memory. Reading is lock-free and allocates nothing;
/// publishing is serialised, and readers see a batch whole or not at all. Bounded by <see cref="AccountsMax"/>.
/// </summary>
public sealed class DecisionBoard
{
    private const int AccountBytesMax = AccountIdText.CharsMax * 4;

    // Making room copies the board, which is worth it only where there is some to be made.
    private const int RoomShare = 1024;

    private readonly Lock _publishing = new();
    private readonly TextTable _texts = new();
    private readonly TableBatch<VerdictRow> _batch = new();
    private readonly LayeredTable<VerdictRow> _table;
    private volatile bool _isLive;
    private long _freshTicks = -1;
    private long _refusedCount;
    private int _heldCount;
    private int _allowedCount;

    /// <summary>An empty board that is not live yet, under a hash that nobody knows.</summary>
    public DecisionBoard(int accountsMax)
        : this(accountsMax, KeyedHash.Draw())
    {
    }

    /// <summary>An empty board that is not live yet.</summary>
    public DecisionBoard(int accountsMax, KeyedHash hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accountsMax, 1);
        AccountsMax = accountsMax;
        _table = new LayeredTable<VerdictRow>(hash, isGone: null);
    }

    /// <summary>Most verdicts held: of each account one, or one of each judge.</summary>
    public int AccountsMax { get; }

    /// <summary>
    /// Whether the board is told of everything as it becomes durable, within this process. Before and after that, and
    /// while it is fed from elsewhere, it is as fresh as <see cref="SetFresh"/> last said.
    /// </summary>
    public bool IsLive
    {
        get => _isLive;
        set => _isLive = value;
    }

    /// <summary>All that was written before this time is on the board.</summary>
    public void SetFresh(DateTimeOffset time) => Interlocked.Exchange(ref _freshTicks, time.UtcTicks);

    /// <summary>Up to how long ago the board may lack what was concluded; null when it was never up to date.</summary>
    public TimeSpan? StaleFor(DateTimeOffset now)
    {
        if (_isLive)
        {
            return TimeSpan.Zero;
        }

        var ticks = Interlocked.Read(ref _freshTicks);
        return ticks < 0 ? null : TimeSpan.FromTicks(Math.Max(0, now.UtcTicks - ticks));
    }

    /// <summary>Verdicts held.</summary>
    public int Count => Volatile.Read(ref _heldCount);

    /// <summary>Verdicts that found no room. More than 0 means that accounts go on that should not.</summary>
    public long RefusedCount => Interlocked.Read(ref _refusedCount);

    /// <summary>The decision in force, if there is one. Allocates nothing.</summary>
    public bool TryFind(ReadOnlySpan<char> accountId, out BoardDecision decision)
    {
        Span<byte> key = stackalloc byte[AccountBytesMax + 1];
        if (!TryWriteKey(accountId, key, out var length))
        {
            decision = default;
            return false;
        }

        var hash = _table.HashOf(key[..(length - 1)]); // Of the account alone: both verdicts lie side by side.
        key = key[..length];
        key[^1] = (byte)VerdictOrigin.Account;
        var isOwn = _table.TryFind(hash, key, out var own);
        key[^1] = (byte)VerdictOrigin.Campaigns;
        var isGroups = _table.TryFind(hash, key, out var groups);
        decision = !isOwn && !isGroups ? default
            : isGroups && (!isOwn || groups.Level >= own.Level) ? groups.Decision(VerdictOrigin.Campaigns, _texts)
            : own.Decision(VerdictOrigin.Account, _texts);
        return isOwn || isGroups;
    }

    /// <summary>
    /// Puts the decisions that follow from verdicts in force, all at once. Of several verdicts of one account the
    /// newest of each origin counts, and of these the stronger.
    /// </summary>
    public void Publish(IReadOnlyCollection<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        lock (_publishing)
        {
            MakeRoomLocked(verdicts.Count);
            foreach (var verdict in verdicts)
            {
                TakeLocked(VerdictHead.Of(verdict));
            }

            PublishLocked();
        }
    }

    /// <summary>The same of verdicts whose heads alone were read.</summary>
    public void Publish(ReadOnlySpan<VerdictHead> verdicts)
    {
        lock (_publishing)
        {
            MakeRoomLocked(verdicts.Length);
            foreach (ref readonly var verdict in verdicts)
            {
                TakeLocked(verdict);
            }

            PublishLocked();
        }
    }

    private void PublishLocked()
    {
        if (_batch.Count > 0)
        {
            _table.Publish(_batch);
            _batch.Clear();
        }
    }

    private void TakeLocked(in VerdictHead verdict)
    {
        Span<byte> key = stackalloc byte[AccountBytesMax + 1];
        if (!TryWriteKey(verdict.AccountId, key, out var length))
        {
            return; // No request can name it.
        }

        var hash = _table.HashOf(key[..(length - 1)]);
        key = key[..length];
        key[^1] = (byte)verdict.Origin;
        var isAllowed = verdict.Action == DecisionAction.Allow;
        if (_batch.TryFind(hash, key, out var known) || _table.TryFind(hash, key, out known))
        {
            if (verdict.At.UtcTicks < known.AtTicks)
            {
                return; // Written late, by a process that no longer has the account.
            }

            _allowedCount += (isAllowed ? 1 : 0) - (known.Action == DecisionAction.Allow ? 1 : 0);
        }
        else if (verdict.Level == VerdictLevel.None && isAllowed)
        {
            return; // Where nothing was found there is nothing to hold, unless there was something before.
        }
        else if (_heldCount >= AccountsMax)
        {
            _ = Interlocked.Add(ref _refusedCount, isAllowed ? 0 : 1);
            return;
        }
        else
        {
            Volatile.Write(ref _heldCount, _heldCount + 1);
            _allowedCount += isAllowed ? 1 : 0;
        }

        _batch.Set(hash, key, VerdictRow.Of(verdict, _texts));
    }

    // Without the accounts that would be answered alike if they were not here.
    private void MakeRoomLocked(int newcomersMax)
    {
        if ((long)_heldCount + newcomersMax > AccountsMax && _allowedCount > AccountsMax / RoomShare)
        {
            _table.Compact(static row => row.Action == DecisionAction.Allow);
            Volatile.Write(ref _heldCount, _heldCount - _allowedCount);
            _allowedCount = 0;
        }
    }

    // The account in UTF-8, and room for the origin behind it.
    private static bool TryWriteKey(ReadOnlySpan<char> account, Span<byte> key, out int length)
    {
        var isWritten = Encoding.UTF8.TryGetBytes(account, key[..^1], out length);
        length++;
        return isWritten;
    }
}
