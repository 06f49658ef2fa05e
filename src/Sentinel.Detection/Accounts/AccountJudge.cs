using System.Runtime.InteropServices;
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
    private const ulong ExcerptSalt = 0xE8CE;

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

    private void NoteIdentity(AccountState account, Observation observation, LinkKind kind, ulong key, ref ulong memo)
    {
        if (key != 0 && key != memo)
        {
            memo = key;
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

    private long TickOf(long atMs) => Ticks.Of(atMs, _policy.Tick);
}
