namespace Sentinel.Detection.Policy;

/// <summary>
/// Versioned thresholds that turn evidence into verdicts. Immutable. Evidence is in nats: the natural logarithm of an
/// e-value, so that a threshold of ln(10,000) = 9.2 promises at most one benign account or group in 10,000, however
/// long it is watched.
/// </summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy in force by default.</summary>
    public static DetectionPolicy Default { get; } = new();

    /// <summary>Version; a changed threshold is a new version.</summary>
    public int Version { get; init; } = 12;

    /// <summary>Share of innocent accounts that may ever be watched: 1 in 100.</summary>
    public double WatchBudget { get; init; } = 1e-2;

    /// <summary>
    /// Share of innocent accounts that may ever be flagged: 1 in 10,000. An e-value holds however long one watches, so a
    /// month's share is at most as large.
    /// </summary>
    public double SuspectBudget { get; init; } = 1e-4;

    /// <summary>Share of innocent accounts that may ever count as abusive: 1 in 100,000.</summary>
    public double AbusiveBudget { get; init; } = 1e-5;

    /// <summary>Evidence that makes an account worth watching: what the budget allows for.</summary>
    public double WatchNats => -Math.Log(WatchBudget);

    /// <summary>Evidence that flags.</summary>
    public double SuspectNats => -Math.Log(SuspectBudget);

    /// <summary>Evidence at which a flagged account counts as abusive.</summary>
    public double AbusiveNats => -Math.Log(AbusiveBudget);

    /// <summary>
    /// Event time after which a flagged account's verdict is written anew while its exchanges go on and what stands against
    /// it now is at least <see cref="WatchNats"/>: less than it took to flag it, so that an account does not go to and fro.
    /// Actions that end after a while count from there.
    /// </summary>
    public TimeSpan RenewAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Prior odds of abuse, from which risk is computed: 1 account in 1,000.</summary>
    public double PriorOdds { get; init; } = 0.001;

    /// <summary>Accounts of which a campaign has at least this many.</summary>
    public int CampaignAccountsMin { get; init; } = 3;

    /// <summary>
    /// Strangers (no common organisation, network or mail domain) on one payment instrument, phone or device, from
    /// which on the pool itself is evidence.
    /// </summary>
    public int PoolAccountsMin { get; init; } = 5;

    /// <summary>Most that a pool of strangers adds by existing: such a pool may still be a reseller's.</summary>
    public double PoolNats { get; init; } = 5;

    /// <summary>Accounts of such a pool from which on their likeness counts: a handful is alike by chance.</summary>
    public int AlikeAccountsMin { get; init; } = 8;

    /// <summary>Most that likeness of content adds in such a pool.</summary>
    public double LikenessNatsMax { get; init; } = 6;

    /// <summary>Share of those that send a frame who would keep one steady pace by chance, at most.</summary>
    public double PaceShareByChance { get; init; } = 0.05;

    /// <summary>Most that a common pace adds: with hardly anything else it flags, and never blocks by itself.</summary>
    public double PaceNatsMax { get; init; } = 10;

    /// <summary>
    /// Most that equal volumes add: innocents who run the same suite once a night send equally much too.
    /// </summary>
    public double EvennessNatsMax { get; init; } = 5;

    /// <summary>
    /// Most that equal volumes add where next to no request was sent twice: the shares of one list, which no suite explains.
    /// </summary>
    public double SplitNatsMax { get; init; } = 8;

    /// <summary>Most that a common beginning adds: a tool's launch brings strangers on one day.</summary>
    public double StartNatsMax { get; init; } = 8;

    /// <summary>
    /// Most that equal volumes and a common beginning add together: they flag unless the content is plainly ordinary, and never
    /// block by themselves.
    /// </summary>
    public double HandNatsMax { get; init; } = 11;

    /// <summary>
    /// Most that instruments of identity add which accounts of one frame share, a few accounts each: what a pool on one
    /// instrument and its common frame add up to.
    /// </summary>
    public double TiesNatsMax { get; init; } = 11;

    /// <summary>Evidence of one foreign reasoning reference; the second and third add as much.</summary>
    public double ForeignReferenceNats { get; init; } = 5;

    /// <summary>
    /// Bands of 21 that an output and its return share at least. Of two texts with a Jaccard similarity of J, so many do
    /// with a probability of 1 at J = 1, 0.99 at 0.7, 0.94 at 0.65, 0.86 at 0.6, 0.14 at 0.4 and 0.02 at 0.3.
    /// </summary>
    public int OutputBandsAlikeMin { get; init; } = 3;

    /// <summary>Time without any exchange of its accounts from which on a campaign is silent.</summary>
    public TimeSpan SuccessorSilence { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What it adds to a new account that it takes up what convicted a campaign that is silent.</summary>
    public double SuccessorNats { get; init; } = 5;

    /// <summary>
    /// Most that moving to a new model at once adds to an account, and to a pool of strangers: less than it takes to watch,
    /// and with a pool alone less than it takes to flag.
    /// </summary>
    public double PivotNatsMax { get; init; } = 4;

    /// <summary>
    /// Most that standing out from all accounts of the stream adds: alone it flags, and with habits it still does not make an
    /// account abusive.
    /// </summary>
    public double OutlierNatsMax { get; init; } = 9.9;

    /// <summary>
    /// Share of the innocents who send one frame that may be flagged, 0 to 1: one in twenty, more than of any kind of innocents but
    /// the one that the classifier misreads most.
    /// </summary>
    public double FlaggedShareByChance { get; init; } = 0.05;

    /// <summary>Most that the company which an account keeps adds: it flags, and never blocks.</summary>
    public double CompanyNatsMax { get; init; } = 9.9;

    /// <summary>
    /// Share of innocents that come to stand out, 0 to 1: measured where a fourth of their kinds was new to the classifier, and no bound.
    /// </summary>
    public double StandingOutShare { get; init; } = 1e-3;

    /// <summary>
    /// What an account's evidence counts, nats, where something is promised of all flagged ones: what standing out alone could
    /// have come to is worth its measured rate and no more.
    /// </summary>
    public double PromisedNats(double nats) => nats > OutlierNatsMax ? nats : Math.Min(nats, -Math.Log(StandingOutShare));

    /// <summary>Most that habits add: with nothing else they do not even make an account worth watching.</summary>
    public double HabitNatsMax { get; init; } = 1.5;

    /// <summary>
    /// Share of an innocent's exchanges that begin to present in one conversation the reasoning of another one, at most:
    /// conversations are forked.
    /// </summary>
    public double ReplayShareByChance { get; init; } = 0.01;

    /// <summary>Most that reasoning of the account's own other conversations adds: it may be watched for it, not flagged.</summary>
    public double ReplayNatsMax { get; init; } = 6;

    /// <summary>
    /// Reasoning references remembered by generation, of each account lane and each link lane: at 10,000 an hour and lane, 30
    /// days are 7.2 million, which two generations of 4 million hold in 256 MiB. A key has 64 bits and is compared whole, so
    /// one presented meets another's by chance with at most 8 million / 2^64, or 5e-13: below 1e-9 without asking the store.
    /// </summary>
    public int ReferencesMax { get; init; } = 4_000_000;

    /// <summary>Share of innocents' exchanges that are refused, at most.</summary>
    public double RefusedShareByChance { get; init; } = 0.03;

    /// <summary>Share of one innocent account's exchanges that are refused, at most: who is curious asks for more than a pool does.</summary>
    public double OwnRefusedShareByChance { get; init; } = 0.1;

    /// <summary>Refused requests, each another one, from which on they flag an account of no organisation by themselves.</summary>
    public int RefusedManyMin { get; init; } = 120;

    /// <summary>Most that fewer refused requests add: with nothing else they do not even make an account worth watching.</summary>
    public double RefusalNatsMax { get; init; } = 3;

    /// <summary>Most that trying techniques adds to a pool of strangers.</summary>
    public double ProbingNatsMax { get; init; } = 6;

    /// <summary>Share of an innocent's exchanges that show an output of some stranger, at most.</summary>
    public double OutputShareByChance { get; init; } = 0.01;

    /// <summary>Most that outputs of strangers add: with hardly anything else they flag, and never by themselves.</summary>
    public double RecirculationNatsMax { get; init; } = 5;

    /// <summary>
    /// Most that they add to an account whose own outputs strangers put in as well: texts go round in a pool.
    /// </summary>
    public double CirculationNatsMax { get; init; } = 10;

    /// <summary>Strangers on either side from which on texts go round: two people who write to each other are fewer.</summary>
    public int CirculationAccountsMin { get; init; } = 3;

    /// <summary>
    /// Share of an account's exchanges that put in strangers' outputs, from which on texts go round: whoever sends much meets
    /// any number of strangers by chance.
    /// </summary>
    public double CirculationShareMin { get; init; } = 0.3;

    /// <summary>Share of an account's exchanges that must speak against it before a group's content counts for it.</summary>
    public double MemberShareMin { get; init; } = 0.2;

    /// <summary>Own content evidence from which on a group's content counts for an account: e^0.7 is odds of 2.</summary>
    public double MemberNatsMin { get; init; } = 0.7;

    /// <summary>Share of all accounts above which a client fingerprint or an address is common and groups nobody.</summary>
    public double RareKeyShareMax { get; init; } = 0.01;

    /// <summary>Event time between two judgings of groups.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Event time that lanes work on in step: what belongs to one tick is exchanged between lanes before the next.
    /// </summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Accounts of a lane. At about 1.2 KiB each, 10 million are 12 GB.</summary>
    public int AccountsMax { get; init; } = 10_000_000;

    /// <summary>Shared keys of a lane. At about 250 bytes each, a million are 250 MB.</summary>
    public int SharedKeysMax { get; init; } = 1_000_000;

    /// <summary>Keys of one account remembered by generation: 2 million are 64 MiB at half load.</summary>
    public int SightingsMax { get; init; } = 2_000_000;

    /// <summary>
    /// Bands of outputs remembered by generation, 21 an output: 4.2 million are 200,000 outputs and 45 MB, 1,050 million
    /// are 50 million outputs and 10.4 GiB. Taken with the first output that is released.
    /// </summary>
    public int OutputBandsMax { get; init; } = 4_200_000;

    /// <summary>Event ids remembered by generation: 4 million are 128 MiB at half load.</summary>
    public int EventIdsMax { get; init; } = 4_000_000;
}
