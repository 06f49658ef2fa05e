// Invariant: a published table is never written again, so readers take no lock. Rulings are made by people: there are
// few,
// and copying the table for each batch of them costs less than anything cleverer.
using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Api.Decisions;

/// <summary>The rulings that stand, by account. Reading is lock-free; publishing is serialised.</summary>
public sealed class RulingBoard
{
    /// <summary>Most rulings held; further accounts are refused and counted.</summary>
    public const int RulingsMax = 1_000_000;

    private readonly Lock _publishing = new();
    private volatile Dictionary<string, Ruling> _current = new(StringComparer.Ordinal);
    private long _refusedCount;

    /// <summary>Rulings held, also those that have expired.</summary>
    public int Count => _current.Count;

    /// <summary>Rulings that found no room.</summary>
    public long RefusedCount => Interlocked.Read(ref _refusedCount);

    /// <summary>The ruling in force on an account, if there is one.</summary>
    public bool TryFind(ReadOnlySpan<char> accountId, DateTimeOffset now, [NotNullWhen(true)] out Ruling? ruling)
    {
        if (_current.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(accountId, out ruling)
            && ruling.IsInForce(now))
        {
            return true;
        }

        ruling = null;
        return false;
    }

    /// <summary>Puts rulings in force and withdraws others, all at once; null withdraws.</summary>
    public void Publish(IReadOnlyCollection<KeyValuePair<string, Ruling?>> rulings)
    {
        ArgumentNullException.ThrowIfNull(rulings);
        if (rulings.Count == 0)
        {
            return;
        }

        lock (_publishing)
        {
            var next = new Dictionary<string, Ruling>(_current, StringComparer.Ordinal);
            foreach (var (account, ruling) in rulings)
            {
                if (ruling is null)
                {
                    next.Remove(account);
                }
                else if (next.Count < RulingsMax || next.ContainsKey(account))
                {
                    next[account] = ruling;
                }
                else
                {
                    Interlocked.Increment(ref _refusedCount);
                }
            }

            _current = next;
        }
    }
}
