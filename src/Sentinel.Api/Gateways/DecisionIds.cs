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
    // Two accounts of one place take turns in making their text. At most about 100 bytes each, 6 MB.
    private const int PlaceBits = 16;

    private readonly Entry?[] _places = new Entry?[1 << PlaceBits];

    /// <summary>The id by which a decision's verdict is found again.</summary>
    public string Of(VerdictId id, VerdictOrigin origin)
    {
        var hash = KeyHash.Mix((ulong)id.Offset ^ ((ulong)id.Partition << 48) ^ ((ulong)origin << 40));
        ref var place = ref _places[(int)(hash >> (64 - PlaceBits))];
        var entry = Volatile.Read(ref place);
        if (entry is null || entry.Id != id || entry.Origin != origin)
        {
            entry = new Entry(id, origin, DecisionAnswer.IdOf(id, origin));
            Volatile.Write(ref place, entry);
        }

        return entry.Text;
    }

    private sealed class Entry(VerdictId id, VerdictOrigin origin, string text)
    {
        public VerdictId Id { get; } = id;

        public VerdictOrigin Origin { get; } = origin;

        public string Text { get; } = text;
    }
}
