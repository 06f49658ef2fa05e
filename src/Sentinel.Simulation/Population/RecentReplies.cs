namespace Sentinel.Simulation.Population;

/// <summary>The latest replies given to the accounts of a campaign; the oldest is forgotten.</summary>
internal sealed class RecentReplies(int itemsMax)
{
    private readonly CapturedReply[] _items = new CapturedReply[itemsMax];
    private long _count;

    /// <summary>Remembers one.</summary>
    public void Add(CapturedReply reply) => _items[_count++ % itemsMax] = reply;

    /// <summary>One given to another account, or the default where none is found.</summary>
    public CapturedReply DrawOf(int otherThan, ref Chance chance)
    {
        var held = (int)Math.Min(_count, itemsMax);
        if (held == 0)
        {
            return default;
        }

        var reply = _items[chance.Below(held)];
        return reply.Account == otherThan ? default : reply;
    }
}
