using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// Finds outputs of one account that come back as another's material, for the bands of one partition. What was given out
/// within a tick counts before what came back in it, since lanes have no order there. Owned by the lane's thread.
/// </summary>
internal sealed class OutputJudge(int bandsMax)
{
    // Bands listed in one change: a piece stays small.
    private const int MembersMax = 512;

    private readonly OutputMemory _memory = new(bandsMax);
    private readonly List<Sighting> _returned = [];
    private readonly Dictionary<ulong, int> _changeOf = [];

    /// <summary>What it remembers.</summary>
    public GenerationLog<(ulong Band, GivenOutput Output)> Log => _memory.Log;

    /// <summary>Changes in one generation.</summary>
    public int GenerationMax => _memory.GenerationMax;

    /// <summary>Does again what <see cref="Log"/> holds.</summary>
    public void Redo((ulong Band, GivenOutput Output) item) => _memory.Redo(item);

    /// <summary>Books that an account was given a text, or put one in.</summary>
    public void Book(Sighting sighting)
    {
        if (sighting.Role == SightingRole.Issued)
        {
            var exchange = KeyHash.Combine((ulong)sighting.Partition, (ulong)sighting.Offset);
            _memory.Issue(sighting.Key, new GivenOutput(sighting.Account, exchange));
        }
        else
        {
            _returned.Add(sighting);
        }
    }

    /// <summary>
    /// Hands over which outputs came back: one change an output, its first member whose it is, then the exchange that
    /// shows it, once for each band.
    /// </summary>
    public void TakeChanges(List<EdgeChange> changes)
    {
        foreach (var sighting in _returned)
        {
            if (_memory.TryReturn(sighting.Key, sighting.Account, out var output))
            {
                Tell(output, sighting, changes);
            }
        }

        _returned.Clear();
        _changeOf.Clear();
    }

    private void Tell(GivenOutput output, Sighting sighting, List<EdgeChange> changes)
    {
        if (!_changeOf.TryGetValue(output.Key, out var place) || changes[place].Members!.Count == MembersMax)
        {
            place = _changeOf[output.Key] = changes.Count;
            changes.Add(new EdgeChange(
                LinkKind.Recirculation, output.Key, 0, 0, 0, false, sighting.AtMs,
                [new EdgeMember(output.Account, sighting.Partition, sighting.Offset, sighting.AtMs)]));
        }

        changes[place].Members!.Add(
            new EdgeMember(sighting.Account, sighting.Partition, sighting.Offset, sighting.AtMs));
    }
}
