using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;

namespace Sentinel.Detection.Links;

/// <summary>
/// Which accounts share which keys. A key becomes an entry when a second account uses it. Owned by the lane's thread.
/// </summary>
internal sealed class LinkTable(AccountTable accounts, int entriesMax, int sightingsMax)
{
    /// <summary>Excerpts kept over all keys: at most 640 bytes each, so about 10 MiB.</summary>
    private const int ExcerptsMax = 16_384;

    private readonly Dictionary<ulong, LinkEntry> _entries = [];
    private readonly Sightings _sightings = new(sightingsMax);
    private readonly Sightings _issuedRefs = new(sightingsMax);
    private readonly List<LinkEntry> _dirty = [];
    private int _excerptCount;

    /// <summary>Keys that are shared.</summary>
    public int EntryCount => _entries.Count;

    /// <summary>Books all keys that an exchange shows.</summary>
    /// <param name="account">Whose exchange.</param>
    /// <param name="observation">The exchange.</param>
    /// <param name="evidence">Its content evidence, nats.</param>
    /// <param name="output">Gets a link for each key that the account now shares.</param>
    public void Book(AccountState account, Observation observation, float evidence, JudgeOutput output)
    {
        ref var memo = ref account.Memo;
        BookIdentity(account, observation, LinkKind.Payment, observation.PaymentKey, ref memo[0], output);
        BookIdentity(account, observation, LinkKind.Phone, observation.PhoneKey, ref memo[1], output);
        BookIdentity(account, observation, LinkKind.EmailPattern, observation.EmailKey, ref memo[2], output);
        BookIdentity(account, observation, LinkKind.Device, observation.DeviceKey, ref memo[3], output);
        BookIdentity(account, observation, LinkKind.Tls, observation.Ja4Key, ref memo[4], output);
        BookIdentity(account, observation, LinkKind.Address, observation.IpKey, ref memo[5], output);
        BookIdentity(account, observation, LinkKind.Address, observation.IpBlockKey, ref memo[6], output);

        ref var frame = ref observation.Frame;
        BookText(account, observation, LinkKind.Template, frame.SystemAnchor, evidence, output);
        BookText(account, observation, LinkKind.Template, frame.HeadAnchor, evidence, output);
        BookText(account, observation, LinkKind.Template, frame.TailAnchor, evidence, output);
        BookText(account, observation, LinkKind.Content, observation.ContentKey, evidence, output);
        BookReferences(account, observation, output);
    }

    /// <summary>Hands over the keys whose group changed and begins a new list.</summary>
    public void TakeDirty(List<LinkEntry> entries)
    {
        entries.Clear();
        foreach (var entry in _dirty)
        {
            entry.IsDirty = false;
            if (!entry.IsForgotten)
            {
                entries.Add(entry);
            }
        }

        _dirty.Clear();
    }

    /// <summary>Marks a key's group as changed.</summary>
    public void MarkDirty(LinkEntry entry)
    {
        if (!entry.IsDirty && !entry.IsForgotten)
        {
            entry.IsDirty = true;
            _dirty.Add(entry);
        }
    }

    private void BookIdentity(
        AccountState account, Observation observation, LinkKind kind, ulong key, ref ulong memo, JudgeOutput output)
    {
        if (key == 0 || key == memo)
        {
            return;
        }

        memo = key;
        Touch(account, observation, kind, key, output)?.Book(0, observation.OccurredAtMs);
    }

    private void BookText(
        AccountState account, Observation observation, LinkKind kind, ulong key, float evidence, JudgeOutput output)
    {
        if (key == 0 || Touch(account, observation, kind, key, output) is not { } entry)
        {
            return;
        }

        entry.Book(evidence, observation.OccurredAtMs);
        if (kind == LinkKind.Template && evidence > 0)
        {
            MarkDirty(entry);
            KeepExcerpt(entry, account, observation);
        }
    }

    // A reference that one account was handed and another one presents ties the two, unless they are one organisation.
    private void BookReferences(AccountState account, Observation observation, JudgeOutput output)
    {
        foreach (var reference in observation.ReasoningRefs)
        {
            var issuer = _issuedRefs.Find(reference);
            if (issuer < 0 || issuer == account.Index || IsSameHouse(accounts[issuer], account))
            {
                continue;
            }

            account.ForeignReasoningRefs++;
            var key = KeyHash.Combine((ulong)LinkKind.ReasoningReference + 1, reference);
            if (!_entries.TryGetValue(key, out var entry))
            {
                entry = Share(key, LinkKind.ReasoningReference, issuer, observation, output);
            }

            Join(entry, account, observation, output);
        }

        if (observation.ReasoningRefIssuedKey != 0)
        {
            _issuedRefs.FirstOrAdd(observation.ReasoningRefIssuedKey, account.Index);
        }
    }

    private LinkEntry? Touch(
        AccountState account, Observation observation, LinkKind kind, ulong key, JudgeOutput output)
    {
        var full = KeyHash.Combine((ulong)kind + 1, key);
        if (!_entries.TryGetValue(full, out var entry))
        {
            var first = _sightings.FirstOrAdd(full, account.Index);
            if (first == account.Index)
            {
                return null;
            }

            entry = Share(full, kind, first, observation, output);
        }

        Join(entry, account, observation, output);
        return entry;
    }

    private LinkEntry Share(ulong key, LinkKind kind, int firstAccount, Observation observation, JudgeOutput output)
    {
        if (_entries.Count == entriesMax)
        {
            ForgetColdest();
        }

        var entry = new LinkEntry(kind, key);
        _entries.Add(key, entry);
        entry.AddAccount(firstAccount);
        accounts[firstAccount].Remember(entry);
        output.Links.Add(new Link(kind, key, accounts[firstAccount].Id, observation.Offset, TimeOf(observation)));
        return entry;
    }

    private void Join(LinkEntry entry, AccountState account, Observation observation, JudgeOutput output)
    {
        if (account.SharedKeys is { } known && known.Contains(entry))
        {
            return;
        }

        if (account.SharedKeys is { Count: AccountState.SharedKeysMax } && entry.Accounts.Contains(account.Index))
        {
            return;
        }

        entry.AddAccount(account.Index);
        account.Remember(entry);
        MarkDirty(entry);
        output.Links.Add(new Link(entry.Kind, entry.Key, account.Id, observation.Offset, TimeOf(observation)));
    }

    private void KeepExcerpt(LinkEntry entry, AccountState account, Observation observation)
    {
        var kept = entry.Excerpts?.Count ?? 0;
        var isNewVoice = entry.Accounts.Count > 0 && entry.Accounts[^1] == account.Index;
        if (observation.Excerpt.IsEmpty || kept == LinkEntry.ExcerptsMax || _excerptCount == ExcerptsMax
            || (kept > 0 && !isNewVoice))
        {
            return;
        }

        entry.AddExcerpt(account.Index, observation.Excerpt.ToString());
        _excerptCount++;
    }

    // Half of the entries that convicted nobody go, those not used for longest.
    private void ForgetColdest()
    {
        var times = new List<long>(_entries.Count);
        foreach (var entry in _entries.Values)
        {
            if (entry.Campaign < 0)
            {
                times.Add(entry.LastSeenMs);
            }
        }

        times.Sort();
        var cut = times.Count == 0 ? long.MaxValue : times[times.Count / 2];
        foreach (var (key, entry) in _entries)
        {
            if (entry.Campaign < 0 && entry.LastSeenMs <= cut)
            {
                entry.IsForgotten = true;
                _excerptCount -= entry.Excerpts?.Count ?? 0;
                _entries.Remove(key);
            }
        }
    }

    private static bool IsSameHouse(AccountState left, AccountState right) =>
        (left.OrgKey != 0 && left.OrgKey == right.OrgKey)
        || (left.PaymentKey != 0 && left.PaymentKey == right.PaymentKey && left.PhoneKey == right.PhoneKey);

    private static DateTimeOffset TimeOf(Observation observation) =>
        DateTimeOffset.FromUnixTimeMilliseconds(observation.OccurredAtMs);
}
