using System.Collections.Immutable;
using System.Numerics;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Judges groups of accounts, every <see cref="DetectionPolicy.GroupInterval"/> of event time, from the profiles and
/// shared keys it is told of, and the accounts in them by group and own exchanges together. There is one for all
/// partitions. Owned by its lane's thread.
/// </summary>
internal sealed partial class CampaignJudge
{
    private readonly DetectionPolicy _policy;
    private readonly VerdictWriter _writer;
    private readonly LinkedAccounts _accounts;
    private readonly SharedKeys _keys;
    private readonly ExcerptBook _excerpts = new();
    private readonly Population _population = new();
    private readonly Houses _houses;
    private readonly GroupJudge _groups;
    private readonly CompanyJudge _company;
    private readonly CampaignBoard _campaigns;
    private readonly List<LinkedAccount> _dirtyAccounts = [];
    private readonly List<LinkEntry> _dirtyKeys = [];
    private readonly List<LinkEntry> _due = [];
    private readonly List<Link> _links = [];
    private readonly List<LinkedAccount> _presenters = [];
    private readonly List<ulong> _forgotten = [];
    private long _dueMs = long.MaxValue;
    private long _nowMs;
    private long _offset;

    public CampaignJudge(DetectionPolicy policy, VerdictWriter writer)
    {
        _policy = policy;
        _writer = writer;
        _accounts = new LinkedAccounts(policy.AccountsMax);
        _keys = new SharedKeys(policy.SharedKeysMax, Forget);
        _outputPairs = new RecentKeys(policy.SightingsMax);
        _houses = new Houses(_population);
        _groups = new GroupJudge(policy, _accounts, _population, _houses, _rulings);
        _company = new CompanyJudge(policy, _accounts, _houses, _rulings);
        _campaigns = new CampaignBoard(
            _accounts, new CampaignReport(policy, _accounts, _excerpts), policy.CampaignAccountsMin);
    }

    /// <summary>The accounts it knows.</summary>
    public LinkedAccounts Accounts => _accounts;

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public ImmutableArray<Campaign> Campaigns => _campaigns.Report(_nowMs, _offset);

    /// <summary>Takes over the profile of an account; from now on this judge's or, within one process, shared.</summary>
    public void Take(AccountProfile profile)
    {
        if (_accounts.Take(profile) is not { } account)
        {
            return;
        }

        if (account.FirstToldMs < 0)
        {
            account.FirstToldMs = _reachedMs;
        }

        NoteActivity(account);

        if (profile.ExchangeCount >= Population.ExchangesMin)
        {
            _population.Consider(account);
        }

        MarkDirty(account);
    }

    /// <summary>Takes an excerpt.</summary>
    public void Take(in ExcerptNote note) => _excerpts.Take(note);

    /// <summary>Takes what changed about a shared key. The profiles of its accounts come first.</summary>
    public void Take(in EdgeChange change)
    {
        if (change.Kind == LinkKind.Recirculation)
        {
            TakeOutputs(change);
            return;
        }

        var entry = _keys.GetOrAdd(change.Kind, change.Key);
        var sent = entry.ExchangeCount;
        entry.Book(change);
        foreach (var member in change.Members ?? [])
        {
            Join(entry, member);
        }

        // What is dealt out shows by how much everybody sends, whatever it says.
        var hasDoubled = BitOperations.Log2((ulong)entry.ExchangeCount) > BitOperations.Log2((ulong)sent);
        if (entry.Kind == LinkKind.Template && (change.IsPositive || hasDoubled))
        {
            MarkDirty(entry);
        }
    }

    /// <summary>All of a tick was taken: groups are due for judging where the next interval begins.</summary>
    /// <param name="endMs">Event time of its end.</param>
    /// <param name="offset">The record that ended it.</param>
    /// <param name="output">Gets what changed.</param>
    public void EndTick(long endMs, long offset, JudgeOutput output)
    {
        if (_reachedMs == 0)
        {
            DateFirst(endMs);
        }

        _reachedMs = Math.Max(_reachedMs, endMs);
        EndOutputs();
        TakeLinks(output);
        ConcludeNamed(endMs, offset, output);
        ConcludePresenters(endMs, offset, output);
        var interval = (long)_policy.GroupInterval.TotalMilliseconds;
        _dueMs = Math.Min(_dueMs, (endMs + interval - 1) / interval * interval);
    }

    /// <summary>
    /// Concludes accounts that sent back references of others: that speaks for itself and waits for no group.
    /// </summary>
    public void ConcludePresenters(long nowMs, long offset, JudgeOutput output)
    {
        if (_presenters.Count == 0)
        {
            return;
        }

        (_nowMs, _offset) = (nowMs, offset);
        foreach (var account in _presenters)
        {
            Conclude(account, output);
        }

        _presenters.Clear();
    }

    /// <summary>
    /// Nothing more comes of the time before this one: judges groups if that is due, as of when it was. So a judging
    /// rests on the ticks before its time and on no others, however they arrived.
    /// </summary>
    /// <param name="reachedMs">Event time reached.</param>
    /// <param name="offset">The record that said so.</param>
    /// <param name="output">Gets what changed.</param>
    public void Advance(long reachedMs, long offset, JudgeOutput output)
    {
        if (reachedMs >= _dueMs)
        {
            (_nowMs, _offset) = (_dueMs, offset);
            JudgeGroups(isFinal: false, output);
        }
    }

    /// <summary>Judges groups once more: the end of a replay.</summary>
    /// <param name="nowMs">Event time of the last exchange.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="output">Gets what changed.</param>
    public void Finish(long nowMs, long offset, JudgeOutput output)
    {
        (_nowMs, _offset) = (nowMs, offset);
        EndOutputs();
        TakeLinks(output);
        JudgeGroups(isFinal: true, output);
    }

    // What came before the end of the first tick was told before any time was known.
    private void DateFirst(long endMs)
    {
        foreach (var account in _accounts.All)
        {
            account.FirstToldMs = endMs;
        }
    }

    private void TakeLinks(JudgeOutput output)
    {
        output.Links.AddRange(_links);
        _links.Clear();
    }

    private void JudgeGroups(bool isFinal, JudgeOutput output)
    {
        _dueMs = long.MaxValue;
        foreach (var account in _dirtyAccounts)
        {
            account.IsDirty = false;
            MarkIdentityKeys(account);
            MarkFrames(account);
            Conclude(account, output); // Its own exchanges may have added to what its group says.
        }

        _dirtyAccounts.Clear();
        TakeRulings();
        TakeDirtyKeys();
        _population.Refresh();
        _groups.Refresh();
        foreach (var key in _due)
        {
            if (_groups.Judge(key) is { } finding)
            {
                Apply(finding, output);
            }
        }

        foreach (var key in _due)
        {
            if (_groups.JudgeRegion(key) is { } finding)
            {
                Apply(finding, output);
            }
        }

        JudgeCompany(output);
        _campaigns.Rearrange(_nowMs, isFinal);
        ConcludeMoved(output);
        _campaigns.Publish(_nowMs, _offset, isFinal, output);
    }

    private void Join(LinkEntry entry, EdgeMember member)
    {
        if (_accounts.Find(member.Account) is not { } account || entry.Accounts.Contains(account.Index))
        {
            return;
        }

        // The first account of a list is the one that held the key alone until the second came.
        if (entry.Kind == LinkKind.ReasoningReference && entry.Accounts.Count > 0)
        {
            if (_houses.IsOne(_accounts[entry.Accounts[0]].Profile, account.Profile))
            {
                return;
            }

            account.ForeignReasoningRefs++;
            _presenters.Add(account);
            MarkDirty(account);
        }

        NoteSuccessor(entry, account, member);
        entry.AddAccount(account.Index);
        account.Remember(entry);
        MarkDirty(entry);
        _links.Add(new Link(
            entry.Kind, entry.Key, account.Profile.Id, member.Partition, member.Offset,
            DateTimeOffset.FromUnixTimeMilliseconds(member.AtMs)));
    }

    private void Apply(GroupFinding finding, JudgeOutput output)
    {
        foreach (var member in finding.Members)
        {
            Stand(member, finding, isMember: true, output);
        }

        var convicts = Convicts(finding);
        if (convicts || (finding.Key.Campaign >= 0 && _campaigns[finding.Key.Campaign].Finding != RulingFinding.Innocent))
        {
            // Who only shares the pool of those that are convicted is no member: membership accuses.
            _campaigns.Take(finding with { Members = [.. finding.Members.Where(IsFlagged)] }, _nowMs);
        }

        if (convicts)
        {
            foreach (var other in finding.Others)
            {
                Stand(other, finding, isMember: false, output);
            }
        }
    }

    private bool IsFlagged(LinkedAccount account) => LevelsOf(account).Level >= VerdictLevel.Suspect;

    // A group is a campaign when its evidence convicts it, or when most of its members are convicted one by one.
    private bool Convicts(GroupFinding finding)
    {
        var (members, flagged) = (0, 0);
        foreach (var member in finding.Members)
        {
            // An account whose workload explains what it does is no member of a campaign.
            var (level, without) = LevelsOf(member);
            members += level < VerdictLevel.Suspect && without >= VerdictLevel.Suspect ? 0 : 1;
            flagged += level >= VerdictLevel.Suspect || _rulings.Of(member) == RulingFinding.Confirmed ? 1 : 0;
        }

        return members >= _policy.CampaignAccountsMin && (finding.Evidence >= _policy.SuspectNats
            || (flagged >= _policy.CampaignAccountsMin && flagged * 2 >= members));
    }

    private void MarkDirty(LinkedAccount account)
    {
        if (!account.IsDirty)
        {
            account.IsDirty = true;
            _dirtyAccounts.Add(account);
        }
    }

    private void MarkDirty(LinkEntry entry)
    {
        if (!entry.IsDirty && !entry.IsForgotten)
        {
            entry.IsDirty = true;
            _dirtyKeys.Add(entry);
        }
    }

    private void MarkIdentityKeys(LinkedAccount account)
    {
        foreach (var key in account.SharedKeys ?? [])
        {
            if (key.Kind is not (LinkKind.Content or LinkKind.Template))
            {
                MarkDirty(key);
            }
        }
    }

    private void TakeDirtyKeys()
    {
        _due.Clear();
        foreach (var entry in _dirtyKeys)
        {
            entry.IsDirty = false;
            if (!entry.IsForgotten)
            {
                _due.Add(entry);
            }
        }

        _dirtyKeys.Clear();
    }

    private void Forget(LinkEntry entry)
    {
        foreach (var account in entry.Accounts)
        {
            _accounts[account].Forget(entry);
        }

        if (_keys.Changes.IsOn)
        {
            _forgotten.Add(entry.Key);
        }
    }

}
