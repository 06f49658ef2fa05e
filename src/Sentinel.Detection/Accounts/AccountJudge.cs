using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// Judges the accounts of one partition by their own exchanges, and notes what the lanes behind it must know: which
/// keys its accounts use, and profiles that changed. Event time is cut into ticks by the latest time seen so far, so
/// what belongs to a tick depends on the partition's records alone. Owned by the lane's thread.
/// </summary>
internal sealed partial class AccountJudge
{
    // A profile is told again when the account has that many times its exchanges, whatever they said.
    private const double GrowthTold = 1.25;

    private readonly DetectionPolicy _policy;
    private readonly VerdictWriter _writer;
    private readonly SeenEvents _seen;
    private readonly RecentKeys _told;
    private readonly List<AccountState> _toBeTold = [];
    private readonly List<int> _toBeToldIndices = [];
    private readonly List<Sighting> _sightings = [];
    private readonly List<ExcerptNote> _excerpts = [];
    private readonly Dictionary<ulong, FrameUse> _frameUses = [];
    private readonly WorkloadWatch _workloads = new();
    private readonly ReleaseWatch _releases = new();
    private readonly HabitPopulation _habits = new();
    private readonly ContentOutliers _outliers = new();
    private readonly Sightings _conversations;
    private BenignReference _reference;
    private ContentEvidence _evidence;
    private BenignReference? _secondReference;
    private ContentEvidence? _secondEvidence;
    private string _firstVersion;
    private string? _secondVersion;

    /// <summary>A judge without memory of any account.</summary>
    /// <param name="policy">The thresholds.</param>
    /// <param name="reference">How innocent content scores.</param>
    /// <param name="writer">Writes its verdicts.</param>
    /// <param name="unpackedMax">
    /// Accounts that are objects and not bytes (<see cref="AccountTable"/>); <see cref="int.MaxValue"/> where profiles that were
    /// told are read later, too.
    /// </param>
    public AccountJudge(DetectionPolicy policy, BenignReference reference, VerdictWriter writer, int unpackedMax)
    {
        _policy = policy;
        _writer = writer;
        _firstVersion = writer.ModelVersion;
        _reference = reference;
        _evidence = new ContentEvidence(reference);
        _seen = new SeenEvents(policy.EventIdsMax);
        _told = new RecentKeys(policy.SightingsMax);
        _conversations = new Sightings(policy.ReferencesMax);
        // An account may be held twice, so it is at most that many.
        Accounts = new AccountTable(
            policy.AccountsMax, unpackedMax, () => _toBeTold.Count + _habits.SampleCount + _outliers.SampleCount);
    }

    public AccountTable Accounts { get; }

    /// <summary>Exchanges judged.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Exchanges of accounts beyond <see cref="DetectionPolicy.AccountsMax"/>, which cannot be judged.</summary>
    public long UnjudgedCount { get; private set; }

    /// <summary>Latest event time seen; <see cref="long.MinValue"/> before the first exchange.</summary>
    public long NowMs { get; private set; } = long.MinValue;

    /// <summary>Offset of the latest exchange.</summary>
    public long Offset { get; private set; } = -1;

    /// <summary>The tick that <see cref="NowMs"/> lies in.</summary>
    public long Tick => TickOf(NowMs);

    /// <summary>Notes that wait to be taken, of all kinds.</summary>
    public int NoteCount => _sightings.Count + _excerpts.Count + _frameUses.Count + _toBeTold.Count;

    /// <summary>Indices of accounts that changed since the last snapshot, each once.</summary>
    public ChangedIndices Changed { get; } = new();

    /// <summary>Whether an event is new; remembers it. A second event with the same id changes nothing.</summary>
    public bool TryAdmit(EventKey key) => _seen.TryAdd(key);

    /// <summary>Takes scores for those of another version from now on.</summary>
    public void UseModel(ScoringModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!ReferenceEquals(model.Reference, _reference))
        {
            _reference = model.Reference;
            _evidence = new ContentEvidence(_reference);
        }

        _firstVersion = model.Version;
        NameModels();
    }

    /// <summary>Takes the second tier's scores for those of this version from now on.</summary>
    public void UseSecond(ScoringModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!ReferenceEquals(model.Reference, _secondReference))
        {
            _secondReference = model.Reference;
            _secondEvidence = new ContentEvidence(model.Reference);
        }

        _secondVersion = model.Version;
        NameModels();
    }

    /// <summary>Whether the current tick ends before this observation.</summary>
    public bool EndsTick(Observation observation) =>
        NowMs != long.MinValue && TickOf(observation.OccurredAtMs) > Tick;

    /// <summary>From now on evidence is explained by these workloads, each in its time.</summary>
    public void UseWorkloads(WorkloadRegister register) => _workloads.Use(register);

    /// <summary>Judges an admitted observation that has its offset.</summary>
    /// <param name="observation">The observation.</param>
    /// <param name="verdicts">Gets the verdicts that changed.</param>
    public void Observe(Observation observation, List<Verdict> verdicts)
    {
        ExchangeCount++;
        Offset = observation.Offset;
        NowMs = Math.Max(NowMs, observation.OccurredAtMs);
        if (_workloads.TakeChange(NowMs))
        {
            ConcludeNamed(verdicts);
        }

        if (Accounts.GetOrAdd(observation.AccountId.Span) is { } account)
        {
            Observe(account, observation, verdicts);
        }
        else
        {
            UnjudgedCount++;
        }
    }

    private void Observe(AccountState account, Observation observation, List<Verdict> verdicts)
    {
        // Each tier's scores are evidence by what innocent content gets from that tier.
        var isSecond = observation.Tier == Observation.SecondTier && _secondEvidence is not null;
        var evidence = (isSecond ? _secondEvidence! : _evidence).Of(observation.Scores.HarvestSteps);
        BookHabits(account, observation);
        account.Profile.Book(observation, evidence);
        LookAtHabits(account.Profile);
        var standsOtherwise = LookAtContent(account.Profile);
        if (evidence > 0 && WorkloadOf(account) is { } workload && !workload.Covers(observation, account.Profile))
        {
            account.Profile.UnlikeNats += evidence;
        }

        var replayed = account.Profile.ReplayedConversations;
        NoteKeys(account, observation, evidence);
        var isProbing = observation.Refused && RefusalEvidence.Of(account.Profile, _policy) >= _policy.WatchNats;
        Changed.Add(account.Index);

        // Ordinary content cannot raise an account; groups look again when an account has grown.
        if (evidence > 0 || standsOtherwise || account.Profile.ExchangeCount >= account.ExchangesTold * GrowthTold)
        {
            MarkToBeTold(account);
        }

        if (evidence > 0 || standsOtherwise || isProbing || account.Profile.ReplayedConversations > replayed)
        {
            Conclude(account, verdicts);
        }
    }

    private void NameModels() => _writer.ModelVersion = _secondVersion is null
        ? _firstVersion
        : $"{_firstVersion}+{_secondVersion}";

    /// <summary>Event time goes on although no exchange came.</summary>
    public void MoveOn(long nowMs) => NowMs = Math.Max(NowMs, nowMs);

    // A workload began or ended to hold: the accounts that it names may stand otherwise without having sent anything.
    private void ConcludeNamed(List<Verdict> verdicts)
    {
        for (var index = 0; index < Accounts.Count; index++)
        {
            var head = Accounts.HeadOf(index);
            if (_workloads.Names(head.Key, head.OrgKey))
            {
                Changed.Add(index);
                Conclude(Accounts[index], verdicts);
            }
        }
    }

    private void Conclude(AccountState account, List<Verdict> verdicts)
    {
        var assessed = Assess(account);
        var (level, without) = AccountAssessment.LevelsOf(assessed, account.Level, _policy);
        if (level == account.Level && without <= account.ExplainedLevel
            && !AccountAssessment.IsRenewalDue(assessed, account.ToldAtMs, NowMs, _policy))
        {
            return;
        }

        if (level >= VerdictLevel.Suspect && account.Level < VerdictLevel.Suspect && account.Profile.FlaggedAtMs < 0)
        {
            account.Profile.FlaggedAtMs = NowMs;
            account.Profile.ExchangesAtFlag = account.Profile.ExchangeCount;
        }

        (account.Level, account.ExplainedLevel, account.ToldAtMs) = (level, without, NowMs);
        verdicts.Add(Write(account));
    }

    /// <summary>The verdict that the account's own exchanges support now.</summary>
    public Verdict Write(AccountState account) =>
        _writer.Write(VerdictOrigin.Account, Assess(account), Offset, NowMs);

    private AssessedAccount Assess(AccountState account) => new(
        account.Profile, default, 0, default, null, null, account.Level, account.Profile.FlaggedAtMs,
        account.Profile.ExchangesAtFlag) { Workload = WorkloadOf(account) };

    private Workload? WorkloadOf(AccountState account) =>
        _workloads.Register.IsEmpty ? null : _workloads.Register.Find(account.Profile, NowMs);

    private long TickOf(long atMs) => Ticks.Of(atMs, _policy.Tick);
}
