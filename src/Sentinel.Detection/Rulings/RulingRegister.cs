using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Rulings;

/// <summary>
/// What people found accounts to be, each with its time: what holds at a moment of event time is a function of this alone,
/// so that groups which are judged again are judged under the same rulings. Immutable; shared freely.
/// </summary>
public sealed class RulingRegister
{
    /// <summary>Rulings on single accounts held, former ones too; at about 250 bytes each, a million are 250 MB.</summary>
    public const int RulingsMax = 1_000_000;

    private readonly Dictionary<ulong, List<Holder>> _byAccount = [];
    private readonly (long AtMs, ulong Account)[] _moments;

    private RulingRegister(IReadOnlyCollection<AccountRuling> rulings)
    {
        var moments = new List<(long, ulong)>(rulings.Count * 2);
        foreach (var ruling in rulings)
        {
            var id = Encoding.UTF8.GetBytes(ruling.AccountId);
            var key = KeyHash.Of(id);
            var (from, until) = (ruling.From.ToUnixTimeMilliseconds(), ruling.Until.ToUnixTimeMilliseconds());
            if (!_byAccount.TryGetValue(key, out var holders))
            {
                _byAccount.Add(key, holders = new List<Holder>(1));
            }

            holders.Add(new Holder(id, ruling.RulingId, ruling.Finding, from, until));
            moments.Add((from, key));
            moments.Add((until, key));
        }

        // Of two that begin together the order in which they were read must not tell.
        foreach (var holders in _byAccount.Values)
        {
            holders.Sort(static (left, right) => left.FromMs != right.FromMs
                ? left.FromMs.CompareTo(right.FromMs)
                : string.CompareOrdinal(left.RulingId, right.RulingId));
        }

        moments.Sort();
        _moments = [.. moments];
    }

    /// <summary>No rulings.</summary>
    public static RulingRegister Empty { get; } = new([]);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _byAccount.Count == 0;

    /// <summary>The register of these rulings; past <see cref="RulingsMax"/> those that began first are left out.</summary>
    public static RulingRegister Of(IReadOnlyCollection<AccountRuling> rulings)
    {
        ArgumentNullException.ThrowIfNull(rulings);
        return new RulingRegister(rulings.Count <= RulingsMax
            ? rulings
            : [.. rulings.OrderByDescending(static ruling => ruling.From).Take(RulingsMax)]);
    }

    /// <summary>What holds of an account at a time: the ruling that began last. Allocates nothing.</summary>
    internal RulingFinding Find(AccountProfile profile, long atMs) => Find(profile.Key, profile.IdUtf8, atMs);

    /// <summary>What holds of an account at a time.</summary>
    public RulingFinding Find(string accountId, DateTimeOffset at)
    {
        var id = Encoding.UTF8.GetBytes(accountId);
        return Find(KeyHash.Of(id), id, at.ToUnixTimeMilliseconds());
    }

    /// <summary>Keys of accounts of which something began or ended to hold after one time and up to another.</summary>
    internal IEnumerable<ulong> ChangedWithin(long afterMs, long throughMs)
    {
        var at = Array.BinarySearch(_moments, (afterMs, ulong.MaxValue));
        for (at = at < 0 ? ~at : at + 1; at < _moments.Length && _moments[at].AtMs <= throughMs; at++)
        {
            yield return _moments[at].Account;
        }
    }

    private RulingFinding Find(ulong key, ReadOnlySpan<byte> id, long atMs)
    {
        var found = RulingFinding.None;
        if (_byAccount.TryGetValue(key, out var holders))
        {
            foreach (var holder in holders)
            {
                if (holder.FromMs <= atMs && atMs < holder.UntilMs && id.SequenceEqual(holder.IdUtf8))
                {
                    found = holder.Finding;
                }
            }
        }

        return found;
    }

    private readonly record struct Holder(
        byte[] IdUtf8, string RulingId, RulingFinding Finding, long FromMs, long UntilMs);
}

/// <summary>The register in force: one immutable object behind one reference. One writer, any readers.</summary>
public sealed class RulingsInForce
{
    private volatile RulingRegister _current = RulingRegister.Empty;

    /// <summary>To be taken once a batch.</summary>
    public RulingRegister Current => _current;

    /// <summary>From now on lanes judge by this.</summary>
    public void Put(RulingRegister register) => _current = register;
}
