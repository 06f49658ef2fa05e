using Sentinel.Api.Decisions;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>
/// Ids of decisions as text, the latest of them: an account that is turned away asks again and again, and its answers need
/// the same text. Takes no lock. Thread-safe.
/// </summary>
internal sealed class DecisionIds
{
    // An id may stand in any of the places of its row, one line of the processor's cache. 4 MB, and about 100 bytes for each
    // id that is there: at most 30 MB.
    private const int RowBits = 16;
    private const int Ways = 4;

    private readonly Place[] _places = new Place[Ways << RowBits];
    private int _turn;

    /// <summary>The id by which a decision's verdict is found again.</summary>
    public string Of(VerdictId id, VerdictOrigin origin)
    {
        var hash = KeyHash.Mix((ulong)id.Offset ^ ((ulong)id.Partition << 48) ^ ((ulong)origin << 40));
        var row = _places.AsSpan((int)(hash >> (64 - RowBits)) * Ways, Ways);
        foreach (ref var place in row)
        {
            // The entry tells, the hash only saves looking: they are not written together.
            if (place.Hash == hash && Volatile.Read(ref place.Entry) is { } entry && entry.Id == id
                && entry.Origin == origin)
            {
                return entry.Text;
            }
        }

        var made = new Entry(id, origin, DecisionAnswer.IdOf(id, origin));
        ref var taken = ref row[_turn++ & (Ways - 1)]; // Whose turn it is matters to nobody.
        foreach (ref var place in row)
        {
            if (place.Entry is null)
            {
                taken = ref place;
                break;
            }
        }

        taken.Hash = hash;
        Volatile.Write(ref taken.Entry, made);
        return made.Text;
    }

    private struct Place
    {
        public ulong Hash;
        public Entry? Entry;
    }

    private sealed class Entry(VerdictId id, VerdictOrigin origin, string text)
    {
        public VerdictId Id { get; } = id;

        public VerdictOrigin Origin { get; } = origin;

        public string Text { get; } = text;
    }
}
