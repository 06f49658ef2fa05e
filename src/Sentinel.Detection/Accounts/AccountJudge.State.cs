using System.Runtime.InteropServices;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Accounts;

// Saving and loading. What is written must hold all that judging reads, or replays would differ after a crash.
internal sealed partial class AccountJudge : ISegmentVisitor
{
    private const byte AccountsSection = 1;
    private const byte EventsSection = 2;
    private const byte ToldSection = 3;
    private const byte JudgeSection = 4;
    private const byte ConversationsSection = 5;

    /// <summary>Keys and ids that wait for the next snapshot: each takes 8 or 16 bytes until then.</summary>
    public int UnsavedCount => _seen.Log.UnsavedCount + _told.Log.UnsavedCount + _conversations.Log.UnsavedCount;

    /// <summary>From now on remembers what changed.</summary>
    public void TrackChanges() => 
        Changed.IsOn = _seen.Log.IsOn = _told.Log.IsOn = _conversations.Log.IsOn = true;

    /// <summary>Writes what changed since the last call.</summary>
    public void Save(SegmentWriter to)
    {
        foreach (var index in Changed.Items)
        {
            to.Keyed(AccountsSection, (ulong)index, Accounts.PackedAt(index));
        }

        Changed.Clear();
        _seen.Log.Save(to, EventsSection, _seen.GenerationMax);
        _told.Log.Save(to, ToldSection, _told.GenerationMax);
        _conversations.Log.Save(to, ConversationsSection, _conversations.GenerationMax);
        var writer = new StateWriter();
        WriteJudge(writer);
        to.Single(JudgeSection, writer.Written);
    }

    public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value) => Accounts.Restore(checked((int)key), value);

    public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items)
    {
        if (section == EventsSection)
        {
            _seen.Log.Load(start, items, key => _seen.TryAdd(key));
        }
        else if (section == ConversationsSection)
        {
            _conversations.Log.Load(start, items, _conversations.Insert);
        }
        else
        {
            _told.Log.Load(start, items, key => _told.TryAdd(key));
        }
    }

    public void Single(byte section, ReadOnlySpan<byte> value)
    {
        var reader = new StateReader(value);
        ExchangeCount = reader.TakeLong();
        UnjudgedCount = reader.TakeLong();
        NowMs = reader.TakeInt64();
        Offset = reader.TakeInt64();
        _releases.Read(ref reader);
        _outliers.Read(ref reader);
        _frameUses.Clear();
        _sightings.Clear();
        NotesCodec.ReadSightings(ref reader, _writer.Partition, _sightings.Add, use => _frameUses.Add(use.Key, use));
        _excerpts.Clear();
        for (var left = reader.TakeCountOf(10); left > 0; left--)
        {
            _excerpts.Add(NotesCodec.ReadExcerpt(ref reader));
        }

        _toBeToldIndices.Clear();
        for (var left = reader.TakeCountOf(1); left > 0; left--)
        {
            _toBeToldIndices.Add(reader.TakeCount());
        }
    }

    /// <summary>All segments are read: accounts may be looked up.</summary>
    public void EndLoading()
    {
        Accounts.EndRestoring();
        for (var index = 0; index < Accounts.Count; index++)
        {
            var head = Accounts.HeadOf(index);
            if (head.ExchangeCount >= ContentOutliers.ExchangesMin && _outliers.Wants(head.Key))
            {
                _outliers.Consider(Accounts[index].Profile);
            }

            if (head.ExchangeCount >= HabitPopulation.ExchangesMin && _habits.Wants(head.Key))
            {
                _habits.Consider(Accounts[index].Profile);
            }
        }

        foreach (var index in _toBeToldIndices)
        {
            MarkToBeTold(Accounts[index]);
        }

        _toBeToldIndices.Clear();
    }

    private void WriteJudge(StateWriter to)
    {
        to.PutCount(ExchangeCount);
        to.PutCount(UnjudgedCount);
        to.PutInt64(NowMs);
        to.PutInt64(Offset);
        _releases.Write(to);
        _outliers.Write(to);
        NotesCodec.Write(to, CollectionsMarshal.AsSpan(_sightings), [.. _frameUses.Values]);
        to.PutCount(_excerpts.Count);
        foreach (var excerpt in _excerpts)
        {
            NotesCodec.Write(to, excerpt);
        }

        to.PutCount(_toBeTold.Count);
        foreach (var account in _toBeTold)
        {
            to.PutCount(account.Index);
        }
    }
}
