namespace Sentinel.Simulation.Population;

/// <summary>The latest replies given to the accounts of a campaign; the oldest is forgotten.</summary>
internal sealed class RecentReplies(int itemsMax)
{
    private const int DrawsMax = 16;

    private readonly CapturedReply[] _items = new CapturedReply[itemsMax];
    private long _count;

    /// <summary>Remembers one.</summary>
    public void Add(CapturedReply reply) => _items[_count++ % itemsMax] = reply;

    /// <summary>
    /// One given to another account in that language, or the default where none is found in a few draws.
    /// </summary>
    public CapturedReply DrawOf(int otherThan, string language, ref Chance chance)
    {
        var held = (int)Math.Min(_count, itemsMax);
        for (var draw = 0; draw < DrawsMax && held > 0; draw++)
        {
            var reply = _items[chance.Below(held)];
            if (reply.Account != otherThan && reply.Language == language)
            {
                return reply;
            }
        }

        return default;
    }
}
