using System.Runtime.InteropServices;

namespace Sentinel.Evaluation.Traffic;

/// <summary>
/// All exchanges of a folder in the order in which they came, and the same by account. Immutable once recorded; read
/// by any number of threads.
/// </summary>
public sealed class ObservedTraffic
{
    private readonly List<ObservedExchange> _exchanges;
    private readonly int[] _ends;
    private readonly int[] _byAccount;

    internal ObservedTraffic(List<ObservedAccount> accounts, List<ObservedExchange> exchanges)
    {
        Accounts = accounts;
        _exchanges = exchanges;
        (_ends, _byAccount) = IndexByAccount(accounts, Exchanges);
    }

    /// <summary>The accounts, in the order in which they were first seen.</summary>
    public IReadOnlyList<ObservedAccount> Accounts { get; }

    /// <summary>The exchanges, in the order in which they came.</summary>
    public ReadOnlySpan<ObservedExchange> Exchanges => CollectionsMarshal.AsSpan(_exchanges);

    /// <summary>Places in <see cref="Exchanges"/> of one account's exchanges, ascending.</summary>
    public ReadOnlySpan<int> Of(int account)
    {
        var start = account == 0 ? 0 : _ends[account - 1];
        return _byAccount.AsSpan(start, _ends[account] - start);
    }

    /// <summary>Exchanges of an account until a time, that time included.</summary>
    public int CountUntil(int account, long atMs)
    {
        var count = 0;
        foreach (var place in Of(account))
        {
            count += Exchanges[place].AtMs <= atMs ? 1 : 0;
        }

        return count;
    }

    private static (int[] Ends, int[] Places) IndexByAccount(
        List<ObservedAccount> accounts, ReadOnlySpan<ObservedExchange> exchanges)
    {
        var ends = new int[accounts.Count];
        foreach (ref readonly var exchange in exchanges)
        {
            ends[exchange.Account]++;
        }

        var next = new int[accounts.Count];
        for (var i = 1; i < ends.Length; i++)
        {
            next[i] = ends[i - 1];
            ends[i] += ends[i - 1];
        }

        var places = new int[exchanges.Length];
        for (var place = 0; place < exchanges.Length; place++)
        {
            places[next[exchanges[place].Account]++] = place;
        }

        return (ends, places);
    }
}
