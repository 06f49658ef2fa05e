using System.Runtime.InteropServices;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;

namespace Sentinel.Detection.Accounts;

// What the account lane tells the other lanes: which keys an account used first, what its frames were used for, and who grew.
internal sealed partial class AccountJudge
{
    private const ulong ExcerptSalt = 0xE8CE;

    /// <summary>
    /// Hands over what is noted so far, and begins anew. The profiles stay those of their accounts until the next exchange.
    /// </summary>
    public void TakeNotes(AccountNotes notes)
    {
        notes.Clear();
        notes.Sightings.AddRange(_sightings);
        notes.Excerpts.AddRange(_excerpts);
        notes.FrameUses.AddRange(_frameUses.Values);
        foreach (var account in _toBeTold)
        {
            account.IsToBeTold = false;
            account.ExchangesTold = account.Profile.ExchangeCount;
            Changed.Add(account.Index);
            notes.Profiles.Add(account.Profile);
        }

        _sightings.Clear();
        _excerpts.Clear();
        _frameUses.Clear();
        _toBeTold.Clear();
    }

    private void NoteKeys(AccountState account, Observation observation, float evidence)
    {
        ref var memo = ref account.Memo;
        NoteIdentity(account, observation, LinkKind.Payment, observation.PaymentKey, ref memo[0]);
        NoteIdentity(account, observation, LinkKind.Phone, observation.PhoneKey, ref memo[1]);
        NoteIdentity(account, observation, LinkKind.EmailPattern, observation.EmailKey, ref memo[2]);
        NoteIdentity(account, observation, LinkKind.Device, observation.DeviceKey, ref memo[3]);
        NoteIdentity(account, observation, LinkKind.Tls, observation.Ja4Key, ref memo[4]);
        NoteIdentity(account, observation, LinkKind.Address, observation.IpKey, ref memo[5]);
        NoteIdentity(account, observation, LinkKind.Address, observation.IpBlockKey, ref memo[6]);

        ref var frame = ref observation.Frame;
        var system = NoteFrame(account, observation, frame.SystemAnchor, evidence);
        var head = NoteFrame(account, observation, frame.HeadAnchor, evidence);
        var tail = NoteFrame(account, observation, frame.TailAnchor, evidence);
        var isNewText = Note(account, observation, SightingRole.Used, LinkKind.Content, observation.ContentKey);
        NoteOutputs(account, observation, isNewText);
        if (!isNewText && observation.ContentKey != 0)
        {
            account.Profile.RepeatedCount++;
        }
        else if (observation.Refused)
        {
            account.Profile.RefusedCount++;
        }

        NotePace(account, observation);
        NoteReferences(account, observation);
        if (evidence > 0 && !observation.Excerpt.IsEmpty)
        {
            NoteExcerpt(account, observation, system, head, tail);
        }
    }

    private void NoteIdentity(AccountState account, Observation observation, LinkKind kind, ulong key, ref uint memo)
    {
        if (key != 0 && KeyHash.ShortOf(key) is var known && known != memo)
        {
            memo = known;
            Note(account, observation, SightingRole.Used, kind, key);
        }
    }

    private ulong NoteFrame(AccountState account, Observation observation, ulong anchor, float evidence)
    {
        if (anchor == 0)
        {
            return 0;
        }

        var key = LinkKeys.Of(LinkKind.Template, anchor);
        NoteFull(account, observation, SightingRole.Used, LinkKind.Template, key);
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_frameUses, key, out _);
        use = new FrameUse(
            key,
            use.Count + 1,
            use.EvidenceSum + evidence,
            use.IsPositive || evidence > 0,
            Math.Max(use.LastSeenMs, observation.OccurredAtMs));
        return key;
    }

    // A steady pace is a key once it is known well enough, and again whenever it is known twice as well.
    private void NotePace(AccountState account, Observation observation)
    {
        if (!account.Profile.IsPaceNews)
        {
            return;
        }

        Span<ulong> keys = stackalloc ulong[PaceKeys.CountMax];
        foreach (var key in keys[..PaceKeys.Of(account.Profile, keys)])
        {
            Note(account, observation, SightingRole.Used, LinkKind.Timing, key);
        }
    }

    // Bands are not remembered as told: they would push out what is, and one of a text is as good as all.
    private void NoteOutputs(AccountState account, Observation observation, bool isNewText)
    {
        foreach (var band in isNewText ? observation.MaterialBands : [])
        {
            Add(account, observation, SightingRole.Presented, LinkKind.Recirculation, band);
        }

        foreach (var band in observation.OutputBands)
        {
            Add(account, observation, SightingRole.Issued, LinkKind.Recirculation, band);
        }
    }

    private void NoteExcerpt(AccountState account, Observation observation, ulong system, ulong head, ulong tail)
    {
        var frame = head != 0 ? head : tail != 0 ? tail : system;
        if (frame != 0 && _told.TryAdd(KeyHash.Combine(account.Profile.Key ^ ExcerptSalt, frame)))
        {
            _excerpts.Add(new ExcerptNote(account.Profile.Key, system, head, tail, observation.Excerpt.ToString()));
        }
    }

    private bool Note(AccountState account, Observation observation, SightingRole role, LinkKind kind, ulong key) =>
        key != 0 && NoteFull(account, observation, role, kind, LinkKeys.Of(kind, key));

    private bool NoteFull(AccountState account, Observation observation, SightingRole role, LinkKind kind, ulong key)
    {
        var isNew = _told.TryAdd(KeyHash.Combine(account.Profile.Key + (ulong)role, key));
        if (isNew)
        {
            Add(account, observation, role, kind, key);
        }

        return isNew;
    }

    private void Add(AccountState account, Observation observation, SightingRole role, LinkKind kind, ulong key) =>
        _sightings.Add(
            new Sighting(
                role, kind, key, account.Profile.Key, _writer.Partition, observation.Offset, observation.OccurredAtMs));

    private void MarkToBeTold(AccountState account)
    {
        if (!account.IsToBeTold)
        {
            account.IsToBeTold = true;
            _toBeTold.Add(account);
        }
    }
}
