using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Evaluation.Rulings;

/// <summary>
/// A lane store beside which somebody reviews: some time after a campaign is reported, or an account in none is flagged, a ruling
/// is on it, which holds as one of the review console does, from a minute later in event time and for accounts that join as well.
/// The analyst is right: blocked is what is half of abusers, dismissed what is not. Owned by the lane's thread.
/// </summary>
/// <param name="store">What else becomes of it all.</param>
/// <param name="inForce">Where rulings go; the judge's own.</param>
/// <param name="isAbuser">What is true of an account.</param>
/// <param name="takes">Event time from the first report of a case to its ruling.</param>
public sealed class Analyst(ILaneStore store, RulingsInForce inForce, Func<string, bool> isAbuser, TimeSpan takes) : ILaneStore
{
    /// <summary>Reason code by which a verdict says that its account takes the place of a campaign.</summary>
    public const string SuccessorCode = "successor.campaign";

    // As rulings of people: lanes know of them before event time gets there.
    private static readonly TimeSpan HoldsAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Campaign> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _waitingAccounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _covered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _blockedAtMs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuledCampaign> _ruled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JoinedAccount> _links = new(StringComparer.Ordinal);
    private readonly List<AccountRuling> _rulings = [];
    private DateTimeOffset _dueAt = DateTimeOffset.MaxValue;

    /// <summary>Campaigns that were ruled on, by their ids.</summary>
    public IReadOnlyCollection<RuledCampaign> Ruled => _ruled.Values;

    /// <summary>Accounts in no campaign that were ruled on by themselves.</summary>
    public int RuledAccounts { get; private set; }

    /// <summary>Event time at which each blocked account was, milliseconds since 1970 UTC.</summary>
    public IReadOnlyDictionary<string, long> BlockedAtMs => _blockedAtMs;

    /// <summary>Accounts that came to blocked campaigns after the ruling, each with the first time.</summary>
    public IReadOnlyCollection<JoinedAccount> Links => _links.Values;

    /// <inheritdoc/>
    public long NextOffset => store.NextOffset;

    /// <inheritdoc/>
    public int PendingRows => store.PendingRows;

    /// <inheritdoc/>
    public Task<long> RecoverAsync(Action<Observation> observe, CancellationToken cancel) => store.RecoverAsync(observe, cancel);

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        store.Append(observation);
        if (observation.OccurredAtMs >= _dueAt.ToUnixTimeMilliseconds())
        {
            RuleOnDue(DateTimeOffset.FromUnixTimeMilliseconds(observation.OccurredAtMs));
        }
    }

    /// <inheritdoc/>
    public void Append(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        store.Append(campaign);
        if (_ruled.TryGetValue(campaign.Id, out var ruled))
        {
            Follow(ruled, campaign);
        }
        else if (campaign.MergedInto is null)
        {
            _waiting[campaign.Id] = campaign;
            _dueAt = Earlier(_dueAt, campaign.FirstDetectedAt + takes);
        }
        else
        {
            _waiting.Remove(campaign.Id);
        }
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        store.Append(verdict);
        if (verdict.Reasons.Any(static reason => reason.Code == SuccessorCode))
        {
            _links.TryAdd(verdict.AccountId, new JoinedAccount(verdict.AccountId, verdict.At.ToUnixTimeMilliseconds()));
        }

        if (verdict is { IsFlagged: true, CampaignId: null } && !_covered.Contains(verdict.AccountId)
            && _waitingAccounts.TryAdd(verdict.AccountId, verdict.At))
        {
            _dueAt = Earlier(_dueAt, verdict.At + takes);
        }
    }

    /// <inheritdoc/>
    public void Append(Link link) => store.Append(link);

    /// <inheritdoc/>
    public void Append(DeadLetter letter) => store.Append(letter);

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel) => store.CommitAsync(cancel);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private void RuleOnDue(DateTimeOffset now)
    {
        _dueAt = DateTimeOffset.MaxValue;
        foreach (var campaign in _waiting.Values.OrderBy(static one => one.Id, StringComparer.Ordinal).ToList())
        {
            if (campaign.FirstDetectedAt + takes > now)
            {
                _dueAt = Earlier(_dueAt, campaign.FirstDetectedAt + takes);
                continue;
            }

            var isRight = campaign.Accounts.Count(isAbuser) * 2 >= campaign.Accounts.Length;
            var ruled = new RuledCampaign(
                campaign.Id, isRight ? RulingKind.Block : RulingKind.Dismiss, now, [.. campaign.Accounts]);
            _ruled.Add(campaign.Id, ruled);
            _waiting.Remove(campaign.Id);
            Record(ruled.CampaignId, ruled.Kind, ruled.Accounts, now);
        }

        RuleOnAccounts(now);
    }

    // An account's own case becomes part of its campaign's; what that ruling covers needs none of its own.
    private void RuleOnAccounts(DateTimeOffset now)
    {
        foreach (var (account, flaggedAt) in _waitingAccounts.OrderBy(static one => one.Key, StringComparer.Ordinal).ToList())
        {
            if (flaggedAt + takes > now)
            {
                _dueAt = Earlier(_dueAt, flaggedAt + takes);
                continue;
            }

            _waitingAccounts.Remove(account);
            if (!_covered.Contains(account))
            {
                RuledAccounts++;
                Record(account, isAbuser(account) ? RulingKind.Block : RulingKind.Dismiss, [account], now);
            }
        }
    }

    // Who joins what was blocked is blocked; a dismissal is of the accounts that were looked at.
    private void Follow(RuledCampaign ruled, Campaign campaign)
    {
        if (ruled.Kind != RulingKind.Block)
        {
            return;
        }

        var joined = campaign.Accounts.Where(account => !ruled.Accounts.Contains(account)).ToList();
        foreach (var account in joined)
        {
            ruled.Accounts.Add(account);
            _links.TryAdd(account, new JoinedAccount(account, campaign.At.ToUnixTimeMilliseconds()));
        }

        Record(ruled.CampaignId, ruled.Kind, joined, campaign.At);
    }

    private void Record(string ruling, RulingKind kind, IReadOnlyCollection<string> accounts, DateTimeOffset now)
    {
        if (accounts.Count == 0)
        {
            return;
        }

        _covered.UnionWith(accounts);
        foreach (var account in kind == RulingKind.Block ? accounts : [])
        {
            _blockedAtMs.TryAdd(account, now.ToUnixTimeMilliseconds());
        }

        _rulings.AddRange(accounts.Select(account => new AccountRuling(
            account, ruling, RulingFindings.Of(kind), now + HoldsAfter, DateTimeOffset.MaxValue)));
        inForce.Put(RulingRegister.Of(_rulings));
    }
}

/// <summary>A campaign that was ruled on.</summary>
/// <param name="CampaignId">Its id.</param>
/// <param name="Kind">Blocked or dismissed.</param>
/// <param name="RuledAt">Event time of the ruling.</param>
/// <param name="Accounts">Accounts that the ruling covers, those included that joined since.</param>
public sealed record RuledCampaign(string CampaignId, RulingKind Kind, DateTimeOffset RuledAt, HashSet<string> Accounts);

/// <summary>An account that was tied to a blocked campaign after the ruling.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="AtMs">Event time, milliseconds since 1970 UTC.</param>
public sealed record JoinedAccount(string AccountId, long AtMs);
