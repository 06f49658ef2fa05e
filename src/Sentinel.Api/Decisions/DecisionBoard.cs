// Invariant: a published snapshot is never written again, so readers take no lock and see every batch whole or not at
// all. Writers make a new snapshot; the levels in it grow geometrically, so an account is copied a logarithmic number
// of times and a look-up asks a handful of tables.
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>
/// The decision in force for every account that has one, in memory. Reading is lock-free and allocates nothing;
/// publishing is serialised. Bounded by <see cref="AccountsMax"/>.
/// </summary>
public sealed class DecisionBoard
{
    // An older level joins the new one unless it is at least this many times as large.
    private const int LevelRatio = 4;

    private readonly Lock _publishing = new();
    private volatile Snapshot _current = Snapshot.Empty;
    private volatile bool _isLive;
    private long _freshTicks = -1;
    private long _refusedCount;

    /// <summary>An empty board that is not live yet.</summary>
    public DecisionBoard(int accountsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accountsMax, 1);
        AccountsMax = accountsMax;
    }

    /// <summary>Most accounts held.</summary>
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

    /// <summary>Decisions held; one account may count more than once until levels join.</summary>
    public int Count => _current.Count;

    /// <summary>Decisions that found no room. More than 0 means that accounts go on that should not.</summary>
    public long RefusedCount => Interlocked.Read(ref _refusedCount);

    /// <summary>The decision in force, if there is one. Allocates nothing.</summary>
    public bool TryFind(ReadOnlySpan<char> accountId, [NotNullWhen(true)] out BoardDecision? decision)
    {
        foreach (var level in _current.Levels)
        {
            if (level.ByAccount.TryGetValue(accountId, out decision))
            {
                return true;
            }
        }

        decision = null;
        return false;
    }

    /// <summary>
    /// Puts the decisions that follow from verdicts in force, all at once. Of several verdicts of one account the
    /// last of each origin counts, and of these the stronger.
    /// </summary>
    public void Publish(IReadOnlyCollection<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        lock (_publishing)
        {
            var batch = DecisionsOf(verdicts);
            if (batch.Count > 0)
            {
                _current = Joined(_current, batch);
            }
        }
    }

    // Where nothing was found there is nothing to hold, unless there was something before.
    private Dictionary<string, BoardDecision> DecisionsOf(IReadOnlyCollection<Verdict> verdicts)
    {
        var batch = new Dictionary<string, BoardDecision>(StringComparer.Ordinal);
        foreach (var verdict in verdicts)
        {
            var isKnown = batch.TryGetValue(verdict.AccountId, out var known) || TryFind(verdict.AccountId, out known);
            if (isKnown || verdict.Level != VerdictLevel.None || verdict.Action != DecisionAction.Allow)
            {
                batch[verdict.AccountId] = known is null ? BoardDecision.From(verdict) : known.With(verdict);
            }
        }

        return batch;
    }

    private Snapshot Joined(Snapshot current, Dictionary<string, BoardDecision> batch)
    {
        if (current.Count + batch.Count > AccountsMax)
        {
            current = WithoutAllowed(current);
            Refuse(current, batch);
        }

        var joined = batch;
        var kept = 0;
        while (kept < current.Levels.Length && current.Levels[kept].Table.Count < (long)joined.Count * LevelRatio)
        {
            joined = Overlay(current.Levels[kept].Table, joined);
            kept++;
        }

        return joined.Count == 0 ? current : new Snapshot([new Level(joined), .. current.Levels.AsSpan()[kept..]]);
    }

    // Newer decisions win.
    private static Dictionary<string, BoardDecision> Overlay(
        Dictionary<string, BoardDecision> older, Dictionary<string, BoardDecision> newer)
    {
        var joined = new Dictionary<string, BoardDecision>(older, StringComparer.Ordinal);
        foreach (var (account, decision) in newer)
        {
            joined[account] = decision;
        }

        return joined;
    }

    // One level, without the accounts that would be answered alike if they were not here.
    private static Snapshot WithoutAllowed(Snapshot current)
    {
        var joined = new Dictionary<string, BoardDecision>(StringComparer.Ordinal);
        for (var i = current.Levels.Length - 1; i >= 0; i--)
        {
            foreach (var (account, decision) in current.Levels[i].Table)
            {
                joined[account] = decision;
            }
        }

        foreach (var (account, decision) in joined)
        {
            if (decision.Action == DecisionAction.Allow)
            {
                joined.Remove(account);
            }
        }

        return new Snapshot([new Level(joined)]);
    }

    // What still does not fit: accounts that are not on the board. Those that are must learn of their new decision.
    private void Refuse(Snapshot current, Dictionary<string, BoardDecision> batch)
    {
        var room = AccountsMax - current.Count;
        foreach (var (account, decision) in batch)
        {
            if (current.Levels[0].Table.ContainsKey(account))
            {
                continue;
            }

            if (decision.Action != DecisionAction.Allow && room > 0)
            {
                room--;
                continue;
            }

            batch.Remove(account);
            if (decision.Action != DecisionAction.Allow)
            {
                Interlocked.Increment(ref _refusedCount);
            }
        }
    }

    private sealed class Level(Dictionary<string, BoardDecision> table)
    {
        public Dictionary<string, BoardDecision> Table { get; } = table;

        public Dictionary<string, BoardDecision>.AlternateLookup<ReadOnlySpan<char>> ByAccount { get; } =
            table.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private sealed class Snapshot(ImmutableArray<Level> levels)
    {
        public static Snapshot Empty { get; } = new([]);

        /// <summary>Newest first.</summary>
        public ImmutableArray<Level> Levels { get; } = levels;

        public int Count { get; } = levels.Sum(level => level.Table.Count);
    }
}
