using Sentinel.Detection.Links;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

// Saving and loading. What is written must hold all that judging reads, in its order, or replays would differ after a
// crash. The population is not written: it is the accounts of lowest rank, whatever the order in which they came.
internal sealed partial class CampaignJudge : ISegmentVisitor
{
    private const byte AccountsSection = 1;
    private const byte KeysSection = 2;
    private const byte CampaignsSection = 3;
    private const byte ExcerptsSection = 4;
    private const byte JudgeSection = 5;
    private const byte OutputPairsSection = 6;

    private readonly Dictionary<ulong, byte[]> _loadedExcerpts = [];
    private readonly SortedDictionary<int, byte[]> _loadedCampaigns = [];
    private readonly Dictionary<int, ulong[]> _loadedLinks = [];
    private byte[] _loadedJudge = [];

    /// <summary>From now on remembers what changed.</summary>
    public void TrackChanges() =>
        _accounts.Changes.IsOn = _keys.Changes.IsOn = _campaigns.Changes.IsOn = _excerpts.TracksChanges =
            _outputPairs.Log.IsOn = true;

    /// <summary>Writes what changed since the last call.</summary>
    public void Save(SegmentWriter to)
    {
        var writer = new StateWriter();
        foreach (var account in _accounts.Changes.Items)
        {
            writer.Clear();
            account.Write(writer);
            to.Keyed(AccountsSection, (ulong)account.Index, writer.Written);
        }

        SaveKeys(to, writer);
        foreach (var campaign in _campaigns.Changes.Items)
        {
            writer.Clear();
            campaign.Write(writer);
            to.Keyed(CampaignsSection, (ulong)campaign.Number, writer.Written);
        }

        _accounts.Changes.Clear();
        _campaigns.Changes.Clear();
        _excerpts.Save(to, ExcerptsSection);
        _outputPairs.Log.Save(to, OutputPairsSection, _outputPairs.GenerationMax);
        writer.Clear();
        WriteJudge(writer);
        to.Single(JudgeSection, writer.Written);
    }

    public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value)
    {
        switch (section)
        {
            case AccountsSection:
                var reader = new StateReader(value);
                var account = _accounts.Restore(checked((int)key), PackedProfile.Read(ref reader));
                _loadedLinks[account.Index] = account.Read(ref reader);
                break;
            case KeysSection when value.IsEmpty:
                _keys.Remove(key);
                break;
            case KeysSection:
                var keyReader = new StateReader(value);
                _keys.GetOrAdd((LinkKind)keyReader.TakeByte(), key).Read(ref keyReader);
                break;
            case CampaignsSection:
                _loadedCampaigns[checked((int)key)] = value.ToArray();
                break;
            case ExcerptsSection when value.IsEmpty:
                _loadedExcerpts.Remove(key);
                break;
            default:
                _loadedExcerpts[key] = value.ToArray();
                break;
        }
    }

    public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items) =>
        _outputPairs.Log.Load(start, items, pair => _outputPairs.TryAdd(pair));

    public void Single(byte section, ReadOnlySpan<byte> value) => _loadedJudge = value.ToArray();

    /// <summary>All segments are read: puts together what they refer to.</summary>
    public void EndLoading()
    {
        foreach (var (index, keys) in _loadedLinks)
        {
            List<LinkEntry> known = [.. keys.Select(_keys.Find).OfType<LinkEntry>()];
            _accounts[index].RestoreKeys(known.Count == 0 ? null : known);
        }

        foreach (var account in _accounts.All)
        {
            if (account is null)
            {
                throw new InvalidDataException("A snapshot leaves accounts out.");
            }

            if (account.Profile.ExchangeCount >= Population.ExchangesMin)
            {
                _population.Consider(account);
            }
        }

        _campaigns.Restore(_loadedCampaigns, _keys);
        _excerpts.Restore(_loadedExcerpts);
        if (_loadedJudge.Length > 0)
        {
            var reader = new StateReader(_loadedJudge);
            ReadJudge(ref reader);
        }

        _loadedLinks.Clear();
        _loadedCampaigns.Clear();
        _loadedExcerpts.Clear();
        _loadedJudge = [];
    }

    private void SaveKeys(SegmentWriter to, StateWriter writer)
    {
        foreach (var key in _forgotten)
        {
            to.Keyed(KeysSection, key, []);
        }

        foreach (var entry in _keys.Changes.Items)
        {
            if (_keys.Find(entry.Key) != entry)
            {
                continue;
            }

            writer.Clear();
            writer.PutByte((byte)entry.Kind);
            entry.Write(writer);
            to.Keyed(KeysSection, entry.Key, writer.Written);
        }

        _forgotten.Clear();
        _keys.Changes.Clear();
    }

    private void WriteJudge(StateWriter to)
    {
        to.PutInt64(_dueMs);
        to.PutInt64(_nowMs);
        to.PutInt64(_offset);
        to.PutInt64(_reachedMs);
        to.PutInt64(_ruledThroughMs);
        to.PutCount(_accounts.Total);
        to.PutCount(_dirtyAccounts.Count);
        foreach (var account in _dirtyAccounts)
        {
            to.PutCount(account.Index);
        }

        to.PutCount(_dirtyKeys.Count(static key => !key.IsForgotten));
        foreach (var key in _dirtyKeys)
        {
            if (!key.IsForgotten)
            {
                to.PutUInt64(key.Key);
            }
        }

        _campaigns.Write(to);
    }

    private void ReadJudge(ref StateReader from)
    {
        (_dueMs, _nowMs, _offset) = (from.TakeInt64(), from.TakeInt64(), from.TakeInt64());
        _reachedMs = from.TakeInt64();
        _ruledThroughMs = from.TakeInt64();
        _accounts.Total = from.TakeLong();
        for (var left = from.TakeCountOf(1); left > 0; left--)
        {
            _dirtyAccounts.Add(_accounts[from.TakeCount()]);
        }

        for (var left = from.TakeCountOf(sizeof(ulong)); left > 0; left--)
        {
            if (_keys.Find(from.TakeUInt64()) is { } key)
            {
                _dirtyKeys.Add(key);
            }
        }

        _campaigns.Read(ref from);
    }
}
