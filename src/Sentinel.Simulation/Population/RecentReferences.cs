namespace Sentinel.Simulation.Population;

/// <summary>The latest reasoning references issued to the accounts of a group; the oldest is forgotten.</summary>
internal sealed class RecentReferences(int itemsMax)
{
    private readonly (int Account, ulong Reference)[] _items = new (int, ulong)[itemsMax];
    private long _count;

    /// <summary>Remembers one.</summary>
    public void Add(int account, ulong reference) => _items[_count++ % itemsMax] = (account, reference);

    /// <summary>One of another account, or 0 where none is found.</summary>
    public ulong DrawOf(int otherThan, ref Chance chance)
    {
        var held = (int)Math.Min(_count, itemsMax);
        if (held == 0)
        {
            return 0;
        }

        var (account, reference) = _items[chance.Below(held)];
        return account == otherThan ? 0 : reference;
    }
}
