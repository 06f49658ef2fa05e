using System.Runtime.CompilerServices;
using System.Text;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// What is known of one account by its own exchanges, and all that groups need to know of it: counts, evidence by
/// context, mean content. About 0.7 KiB in memory, a third of that or less as bytes (<see cref="State.PackedProfile"/>). An account
/// lane uses the same object for one account after another (<see cref="AccountTable"/>). Owned by the lane's thread.
/// </summary>
internal sealed class AccountProfile
{
    private const long DayMs = 86_400_000;
    private const float KindSteps = 256;

    private FrameLedger _frames;
    private PaceLedger _pace;
    private ScheduleLedger _schedule;
    private PivotLedger _pivot;
    private HabitLedger _habits;
    private HarvestSpread _spread;
    private Embedding _embeddingSum;
    private Kinds _kindSum;
    private byte[] _idUtf8 = [];
    private int _idLength;
    private string? _id;

    /// <summary>A profile of an account that sent nothing yet.</summary>
    public AccountProfile(ReadOnlySpan<byte> idUtf8) => Become(idUtf8, KeyHash.Of(idUtf8));

    /// <summary>64-bit hash of the id: what link lanes know an account by.</summary>
    public ulong Key { get; private set; }

    public ReadOnlySpan<byte> IdUtf8 => _idUtf8.AsSpan(0, _idLength);

    /// <summary>The id as text, made when first asked for.</summary>
    public string Id => _id ??= Encoding.UTF8.GetString(IdUtf8);

    /// <summary>Samples of accounts that read it whenever they are looked at: until none does it stays what it is.</summary>
    public int SamplesHolding { get; set; }

    /// <summary>Short key (<see cref="KeyHash.ShortOf"/>) of its organisation, 0 where it is not known; so the others.</summary>
    public uint OrgKey { get; set; }

    public uint EmailDomainKey { get; set; }

    public uint PhoneKey { get; set; }

    public uint PaymentKey { get; set; }

    public uint IpBlockKey { get; set; }

    /// <summary>Key of its plan and of the way it signed up: whom it is to be compared with. 0 where neither is known.</summary>
    public uint SegmentKey { get; set; }

    public long ExchangeCount { get; set; }

    /// <summary>Exchanges whose content speaks against benign traffic at all (evidence above 0).</summary>
    public int PositiveCount { get; set; }

    /// <summary>Exchanges that sent a content which the account had sent before.</summary>
    public int RepeatedCount { get; set; }

    /// <summary>Exchanges that the model or a safeguard declined, those not counted that sent the same content again.</summary>
    public int RefusedCount { get; set; }

    /// <summary>Evidence by context.</summary>
    public ref FrameLedger Frames => ref _frames;

    /// <summary>How steadily its exchanges follow each other.</summary>
    public ref PaceLedger Pace => ref _pace;

    /// <summary>Whether they follow a schedule as a whole.</summary>
    public ref ScheduleLedger Schedule => ref _schedule;

    /// <summary>Whether it moved to the model released last.</summary>
    public ref PivotLedger Pivot => ref _pivot;

    /// <summary>How it uses the service.</summary>
    public ref HabitLedger Habits => ref _habits;

    /// <summary>How its harvest scores spread.</summary>
    public ref HarvestSpread Spread => ref _spread;

    /// <summary>Evidence of its habits when they were last looked at, nats.</summary>
    public float HabitNats { get; set; }

    /// <summary>
    /// How far its most telling requests stood out from those of all accounts at both of the last two looks, nats: at one alone a
    /// few odd requests may be enough, or a few odd accounts in a young sample.
    /// </summary>
    public float OutlierNats { get; set; }

    /// <summary>How far they stood out at the last look, nats.</summary>
    public float OutlierNatsSeen { get; set; }

    /// <summary>Times that it presented in one conversation reasoning of another one of its own.</summary>
    public int ReplayedConversations { get; set; }

    /// <summary>Whether a scheduler must be behind it.</summary>
    public bool IsPaced => _pace.IsSteady || _schedule.IsSteady;

    /// <summary>Whether its latest exchange told a steady pace anew: twice as well known, or found at a test.</summary>
    public bool IsPaceNews { get; private set; }

    /// <summary>Mean gap of a steady pace, milliseconds.</summary>
    public double PaceGapMs => _schedule.IsSteady ? _schedule.GapMs : _pace.MeanGapMs;

    /// <summary>Highest content evidence that the account's ledger ever reached, nats.</summary>
    public float ContentPeak { get; set; }

    /// <summary>Its latest day, days since 1970 UTC.</summary>
    public int Day { get; set; }

    /// <summary>Exchanges on that day.</summary>
    public int DayCount { get; set; }

    /// <summary>
    /// Summed content evidence, nats, of exchanges that did not look as its verified workload was declared to.
    /// </summary>
    public double UnlikeNats { get; set; }

    /// <summary>Event time when it was first flagged by its own exchanges, or -1.</summary>
    public long FlaggedAtMs { get; set; } = -1;

    /// <summary>Its exchanges by then, or -1.</summary>
    public long ExchangesAtFlag { get; set; } = -1;

    /// <summary>Summed kind scores, in the order of <see cref="ContentKind"/>, weighed by harvest score, in whole steps of 1/256.</summary>
    public Span<float> KindSum => _kindSum;

    /// <summary>Summed content embeddings, in steps of 1/127.</summary>
    public Span<float> EmbeddingSum => _embeddingSum;

    /// <summary>Forgets all: the profile of another account, which sent nothing yet.</summary>
    /// <param name="idUtf8">Its id.</param>
    /// <param name="key">Hash of the id.</param>
    public void Become(ReadOnlySpan<byte> idUtf8, ulong key)
    {
        if (_idUtf8.Length < idUtf8.Length)
        {
            _idUtf8 = new byte[idUtf8.Length];
        }

        idUtf8.CopyTo(_idUtf8);
        (_idLength, _id, Key) = (idUtf8.Length, null, key);
        (OrgKey, EmailDomainKey, PhoneKey, PaymentKey, IpBlockKey, SegmentKey) = (0, 0, 0, 0, 0, 0);
        (ExchangeCount, PositiveCount, RepeatedCount, RefusedCount) = (0, 0, 0, 0);
        (Day, DayCount, ReplayedConversations) = (0, 0, 0);
        (HabitNats, OutlierNats, OutlierNatsSeen, ContentPeak, UnlikeNats) = (0, 0, 0, 0, 0);
        (FlaggedAtMs, ExchangesAtFlag, IsPaceNews) = (-1, -1, false);
        _frames.Clear();
        (_pace, _schedule, _pivot, _habits) = (default, default, default, default);
        (_embeddingSum, _kindSum, _spread) = (default, default, default);
    }

    /// <summary>Books an exchange.</summary>
    /// <param name="observation">The exchange.</param>
    /// <param name="evidence">Its content evidence, nats.</param>
    public void Book(Observation observation, float evidence)
    {
        ExchangeCount++;
        BookDay(observation.OccurredAtMs);
        OrgKey = Latest(OrgKey, observation.OrgKey);
        EmailDomainKey = Latest(EmailDomainKey, observation.EmailDomainKey);
        PhoneKey = Latest(PhoneKey, observation.PhoneKey);
        PaymentKey = Latest(PaymentKey, observation.PaymentKey);
        IpBlockKey = Latest(IpBlockKey, observation.IpBlockKey);
        SegmentKey = Latest(SegmentKey, SegmentOf(observation.PlanKey, observation.SignupRouteKey));
        _frames.Add(in observation.Frame, evidence);
        _habits.Add(observation);
        _pace.Add(observation.OccurredAtMs);
        IsPaceNews = _schedule.Add(observation.OccurredAtMs) || (int.IsPow2(_pace.EvenCount) && _pace.IsSteady);
        ref var scores = ref observation.Scores;
        _spread.Add(scores.HarvestSteps);
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            _embeddingSum[i] += scores.Embedding[i]; // Exact: whole numbers.
        }

        BookKinds(ref scores);
        if (evidence > 0)
        {
            PositiveCount++;
            ContentPeak = Math.Max(ContentPeak, (float)ContentEvidence.InSteps(_frames.Total()));
        }
    }

    /// <summary>
    /// Mean direction of the account's content as a unit vector of <see cref="ContentScores.EmbeddingLength"/>; false
    /// while there is none.
    /// </summary>
    public bool TryDirection(Span<float> unit)
    {
        var square = DirectionSquare();
        if (square <= 0)
        {
            return false;
        }

        var scale = 1 / MathF.Sqrt(square);
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            unit[i] = _embeddingSum[i] * scale;
        }

        return true;
    }

    /// <summary>
    /// How alike its prompts are in topic and wording, 0..1: the length of the mean of their directions. 1 where all are alike, near 0
    /// where they go everywhere.
    /// </summary>
    public double Sameness() => ExchangeCount == 0
        ? 0
        : Math.Min(1, Math.Sqrt(DirectionSquare()) / (ContentScores.EmbeddingSteps * (double)ExchangeCount));

    private float DirectionSquare()
    {
        var square = 0f;
        for (var i = 0; i < ContentScores.EmbeddingLength; i++)
        {
            square += _embeddingSum[i] * _embeddingSum[i];
        }

        return square;
    }

    // What comes late counts for the latest day.
    private void BookDay(long atMs)
    {
        var day = (int)(atMs / DayMs);
        if (day > Day)
        {
            (Day, DayCount) = (day, 0);
        }

        DayCount++;
    }

    private void BookKinds(ref ContentScores scores)
    {
        var weight = scores.Harvest * KindSteps; // Whole steps pack well.
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            _kindSum[kind] += MathF.Round(weight * scores[(ContentKind)kind]);
        }
    }

    private static ulong SegmentOf(ulong plan, ulong route) => (plan | route) == 0 ? 0 : KeyHash.Combine(plan, route);

    private static uint Latest(uint known, ulong news) => news == 0 ? known : KeyHash.ShortOf(news);

    [InlineArray(ContentScores.EmbeddingLength)]
    private struct Embedding
    {
        private float _first;
    }

    [InlineArray(ContentKinds.Count)]
    private struct Kinds
    {
        private float _first;
    }
}
