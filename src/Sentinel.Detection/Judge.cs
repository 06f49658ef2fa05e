using System.Collections.Immutable;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection;

/// <summary>
/// The judge of one lane: observations in, findings out. Pure and deterministic: time is the observations' own, and the
/// same observations in the same order give the same findings. Accounts are judged with every exchange, groups every
/// <see cref="DetectionPolicy.GroupInterval"/> of event time. Owned by the lane's thread.
/// </summary>
public sealed class Judge
{
    private readonly DetectionPolicy _policy;
    private readonly string _modelVersion;
    private readonly int _partition;
    private readonly ContentEvidence _evidence;
    private readonly SeenEvents _seen;
    private readonly AccountTable _accounts;
    private readonly LinkTable _links;
    private readonly Population _population = new();
    private readonly GroupJudge _groups;
    private readonly CampaignBoard _campaigns;
    private readonly List<AccountState> _dirtyAccounts = [];
    private readonly List<LinkEntry> _dirtyKeys = [];
    private long _nowMs = long.MinValue;
    private long _judgedGroupsMs = long.MinValue;
    private long _offset = -1;

    /// <summary>A judge without memory of any account.</summary>
    /// <param name="policy">The thresholds; one policy for the judge's life.</param>
    /// <param name="reference">How innocent content scores under the classifier.</param>
    /// <param name="modelVersion">Name and version of the classifier, stored with every verdict.</param>
    /// <param name="partition">The lane's partition, part of every verdict's id.</param>
    public Judge(DetectionPolicy policy, BenignReference reference, string modelVersion, int partition)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(modelVersion);
        _policy = policy;
        _modelVersion = modelVersion;
        _partition = partition;
        _evidence = new ContentEvidence(reference);
        _seen = new SeenEvents(policy.EventIdsMax);
        _accounts = new AccountTable(policy.AccountsMax);
        _links = new LinkTable(_accounts, policy.SharedKeysMax, policy.SightingsMax);
        _groups = new GroupJudge(policy, _accounts, _population);
        _campaigns = new CampaignBoard(_accounts, new CampaignReport(policy, _accounts), policy.CampaignAccountsMin);
    }

    /// <summary>Exchanges judged.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Exchanges of accounts beyond <see cref="DetectionPolicy.AccountsMax"/>, which cannot be judged.</summary>
    public long UnjudgedCount { get; private set; }

    /// <summary>Accounts seen.</summary>
    public int AccountCount => _accounts.Count;

    /// <summary>Accounts flagged.</summary>
    public int FlaggedCount { get; private set; }

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public ImmutableArray<Campaign> Campaigns => _campaigns.Report(_nowMs, _offset);

    /// <summary>Whether an event is new; remembers it. A second event with the same id changes nothing.</summary>
    public bool TryAdmit(EventKey key) => _seen.TryAdd(key);

    /// <summary>Judges an admitted observation that has its offset. What changed is added to the output.</summary>
    public void Observe(Observation observation, JudgeOutput output)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(output);
        ExchangeCount++;
        _offset = observation.Offset;
        _nowMs = Math.Max(_nowMs, observation.OccurredAtMs);
        if (_accounts.GetOrAdd(observation.AccountId.Span) is not { } account)
        {
            UnjudgedCount++;
            return;
        }

        var evidence = _evidence.Of(observation.Scores.HarvestSteps);
        account.Book(observation, evidence);
        var references = account.ForeignReasoningRefs;
        _links.Book(account, observation, evidence, output);
        if (account.ExchangeCount == Population.ExchangesMin)
        {
            _population.Consider(account);
        }

        // Ordinary content cannot raise an account; groups look again when an account has doubled its exchanges.
        if (evidence > 0 || references != account.ForeignReasoningRefs || long.IsPow2(account.ExchangeCount))
        {
            MarkDirty(account);
            Conclude(account, output);
        }

        JudgeGroupsWhenDue(output);
    }

    /// <summary>Judges groups once more as of the last observation: the end of a replay.</summary>
    public void Finish(JudgeOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JudgeGroups(isFinal: true, output);
    }

    /// <summary>The current verdict of every account, in the order in which they were first seen.</summary>
    public IEnumerable<Verdict> Verdicts() => _accounts.All.Select(Write);

    private void JudgeGroupsWhenDue(JudgeOutput output)
    {
        if (_judgedGroupsMs == long.MinValue)
        {
            _judgedGroupsMs = _nowMs;
        }

        if (_nowMs - _judgedGroupsMs >= _policy.GroupInterval.TotalMilliseconds)
        {
            JudgeGroups(isFinal: false, output);
        }
    }

    private void JudgeGroups(bool isFinal, JudgeOutput output)
    {
        _judgedGroupsMs = _nowMs;
        foreach (var account in _dirtyAccounts)
        {
            account.IsDirty = false;
            MarkIdentityKeys(account);
        }

        _dirtyAccounts.Clear();
        _links.TakeDirty(_dirtyKeys);
        foreach (var key in _dirtyKeys)
        {
            if (_groups.Judge(key) is { } finding)
            {
                Apply(finding, output);
            }
        }

        _campaigns.Merge(_nowMs, isFinal);
        ConcludeMoved(output);
        _campaigns.Publish(_nowMs, _offset, isFinal, output);
    }

    private void Apply(GroupFinding finding, JudgeOutput output)
    {
        foreach (var member in finding.Members)
        {
            Stand(member, finding, isMember: true, output);
        }

        var convicts = Convicts(finding);
        if (convicts || finding.Key.Campaign >= 0)
        {
            _campaigns.Take(finding, _nowMs);
        }

        if (convicts)
        {
            foreach (var other in finding.Others)
            {
                Stand(other, finding, isMember: false, output);
            }
        }
    }

    // A group is a campaign when its evidence convicts it, or when most of its members are convicted one by one.
    private bool Convicts(GroupFinding finding)
    {
        if (finding.Members.Count < _policy.CampaignAccountsMin)
        {
            return false;
        }

        var flagged = 0;
        foreach (var member in finding.Members)
        {
            flagged += member.Level >= VerdictLevel.Suspect ? 1 : 0;
        }

        return finding.Evidence >= _policy.SuspectNats
            || (flagged >= _policy.CampaignAccountsMin && flagged * 2 >= finding.Members.Count);
    }

    // An account stands by the strongest group that it behaves like; being a mere neighbour counts only without one.
    private void Stand(AccountState account, GroupFinding finding, bool isMember, JudgeOutput output)
    {
        var known = account.Group;
        if (known.IsMember && (!isMember || known.Evidence >= finding.Evidence))
        {
            return;
        }

        if (!isMember && known.Evidence >= finding.Evidence)
        {
            return;
        }

        account.Group = new GroupStanding(
            finding.Evidence, finding.Key.Kind, finding.Key.AccountCount, isMember, finding.Identity, finding.Likeness);
        Conclude(account, output);
    }

    // Members that joined or moved to another campaign have a new verdict even when their level stays.
    private void ConcludeMoved(JudgeOutput output)
    {
        foreach (var campaign in _campaigns.Standing)
        {
            for (; campaign.AccountsConcluded < campaign.Accounts.Count; campaign.AccountsConcluded++)
            {
                Conclude(_accounts[campaign.Accounts[campaign.AccountsConcluded]], output);
            }
        }
    }

    private void MarkDirty(AccountState account)
    {
        if (!account.IsDirty && account.SharedKeys is not null)
        {
            account.IsDirty = true;
            _dirtyAccounts.Add(account);
        }
    }

    private void MarkIdentityKeys(AccountState account)
    {
        foreach (var key in account.SharedKeys ?? [])
        {
            if (key.Kind is not (LinkKind.Content or LinkKind.Template))
            {
                _links.MarkDirty(key);
            }
        }
    }

    /// <summary>Raises the account's level where its evidence now does, and writes the verdict when it changed.</summary>
    private void Conclude(AccountState account, JudgeOutput output)
    {
        var evidence = AccountAssessment.Evidence(account, _policy);
        var level = AccountAssessment.LevelOf(evidence, _policy);
        if (account.Group is { IsMember: false, Evidence: > 0 } && level == VerdictLevel.None)
        {
            level = VerdictLevel.Watch;
        }

        level = (VerdictLevel)Math.Max((byte)level, (byte)account.Level);
        if (level >= VerdictLevel.Suspect && account.Level < VerdictLevel.Suspect)
        {
            account.FlaggedAtMs = _nowMs;
            account.ExchangesAtFlag = account.ExchangeCount;
            FlaggedCount++;
        }

        account.Level = level;
        var known = account.Verdict;
        var campaign = CampaignIdOf(account);
        if (level == VerdictLevel.None || (known is not null && known.Level == level && known.CampaignId == campaign))
        {
            return;
        }

        account.Verdict = Write(account);
        output.Verdicts.Add(account.Verdict);
    }

    private string? CampaignIdOf(AccountState account) =>
        account.Campaign < 0 ? null : _campaigns[account.Campaign].Id;

    private Verdict Write(AccountState account)
    {
        var standing = AccountAssessment.Standing(account, _policy);
        var types = AccountAssessment.TypesOf(account, account.Level);
        return new Verdict(
            new VerdictId(_partition, _offset, _policy.Version),
            account.Id,
            account.Level,
            AccountAssessment.RiskOf(standing, _policy),
            AccountAssessment.ActionOf(account, account.Level, types),
            types,
            CampaignIdOf(account),
            account.FlaggedAtMs < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(account.FlaggedAtMs),
            account.ExchangeCount,
            account.ExchangesAtFlag < 0 ? null : account.ExchangesAtFlag,
            account.Level == VerdictLevel.None ? [] : AccountAssessment.ReasonsOf(account, types, _policy),
            _modelVersion,
            FeatureLayout.Version,
            DateTimeOffset.FromUnixTimeMilliseconds(_nowMs));
    }
}
