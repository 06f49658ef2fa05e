using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Observations;

/// <summary>
/// One exchange after decoding, reading and scoring: all that the judge needs and all that is kept, without text but
/// for a masked excerpt. It is what the store keeps by offset, so judging the stored observations again gives the
/// same verdicts. Reused on the hot path; owned by one thread at a time. Unknown values as in <see cref="Exchange"/>.
/// </summary>
public sealed class Observation
{
    /// <summary>Reasoning references kept of one observation.</summary>
    public const int ReasoningRefsMax = 8;

    /// <summary>Bands kept of one response.</summary>
    public const int OutputBandsMax = Readings.OutputBands.Count;

    /// <summary>Bands kept of one message.</summary>
    public const int MaterialBandsMax = MaterialReader.PartsMax * Readings.OutputBands.Count;

    /// <summary>The tier that scores every exchange.</summary>
    public const byte FirstTier = 1;

    /// <summary>The tier that is asked where the first one is unsure.</summary>
    public const byte SecondTier = 2;

    private ContentScores _scores;
    private FrameSketch _frame;
    private readonly ulong[] _reasoningRefs = new ulong[ReasoningRefsMax];
    private readonly ulong[] _outputBands = new ulong[OutputBandsMax];
    private readonly ulong[] _materialBands = new ulong[MaterialBandsMax];
    private int _outputBandCount;
    private int _materialBandCount;

    /// <summary>Position in its partition, given by the log when it is appended; -1 before.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>128-bit key of the event id.</summary>
    public EventKey EventKey { get; set; }

    /// <summary>When the request arrived, milliseconds since 1970 UTC.</summary>
    public long OccurredAtMs { get; set; }

    /// <summary>The account's id.</summary>
    public Utf8Text AccountId { get; } = new();

    /// <summary>When the account was created, milliseconds since 1970 UTC.</summary>
    public long AccountCreatedAtMs { get; set; }

    /// <summary>Key of the organisation.</summary>
    public ulong OrgKey { get; set; }

    /// <summary>Key of the plan.</summary>
    public ulong PlanKey { get; set; }

    /// <summary>Key of the sign-up route.</summary>
    public ulong SignupRouteKey { get; set; }

    /// <summary>Key of the e-mail domain.</summary>
    public ulong EmailDomainKey { get; set; }

    /// <summary>Key of the e-mail hash.</summary>
    public ulong EmailKey { get; set; }

    /// <summary>Key of the payment instrument.</summary>
    public ulong PaymentKey { get; set; }

    /// <summary>Key of the phone.</summary>
    public ulong PhoneKey { get; set; }

    /// <summary>Key of the declared country.</summary>
    public ulong AccountCountryKey { get; set; }

    /// <summary>Key of the address.</summary>
    public ulong IpKey { get; set; }

    /// <summary>Key of the address block.</summary>
    public ulong IpBlockKey { get; set; }

    /// <summary>Key of the user agent.</summary>
    public ulong UserAgentKey { get; set; }

    /// <summary>Key of the TLS fingerprint.</summary>
    public ulong Ja4Key { get; set; }

    /// <summary>Key of the device.</summary>
    public ulong DeviceKey { get; set; }

    /// <summary>Key of the model asked for.</summary>
    public ulong ModelKey { get; set; }

    /// <summary>Key of the conversation, or 0.</summary>
    public ulong ConversationKey { get; set; }

    /// <summary>Turn of the conversation, or <see cref="Exchange.Unknown"/>.</summary>
    public int Turn { get; set; }

    /// <summary>Samples asked for, or <see cref="Exchange.Unknown"/>.</summary>
    public int SampleCount { get; set; }

    /// <summary>Whether token probabilities were asked for.</summary>
    public bool Logprobs { get; set; }

    /// <summary>Reasoning effort asked for.</summary>
    public ReasoningEffort Reasoning { get; set; }

    /// <summary>Whether the model declined.</summary>
    public bool Refused { get; set; }

    /// <summary>Input tokens, or <see cref="Exchange.Unknown"/>.</summary>
    public int InputTokens { get; set; }

    /// <summary>Output tokens, or <see cref="Exchange.Unknown"/>.</summary>
    public int OutputTokens { get; set; }

    /// <summary>Key of the reasoning reference handed out.</summary>
    public ulong ReasoningRefIssuedKey { get; set; }

    /// <summary>Keys of the reasoning references sent back.</summary>
    public ReadOnlySpan<ulong> ReasoningRefs => _reasoningRefs.AsSpan(0, ReasoningRefCount);

    /// <summary>How many reasoning references are kept.</summary>
    public int ReasoningRefCount { get; private set; }

    /// <summary>Bands of the response; none where it is short, refused or repeats its prompt.</summary>
    public ReadOnlySpan<ulong> OutputBands => _outputBands.AsSpan(0, _outputBandCount);

    /// <summary>Bands of the parts of a conversation's first message; none in later turns.</summary>
    public ReadOnlySpan<ulong> MaterialBands => _materialBands.AsSpan(0, _materialBandCount);

    /// <summary>Key of the last user message's normalised words.</summary>
    public ulong ContentKey { get; set; }

    /// <summary>The frame's sketch.</summary>
    public ref FrameSketch Frame => ref _frame;

    /// <summary>The classifier's scores, as stored.</summary>
    public ref ContentScores Scores => ref _scores;

    /// <summary>Tier of the classifier that the scores are of: 1, or 2 where a second one changed them.</summary>
    public byte Tier { get; set; } = FirstTier;

    /// <summary>Masked excerpt; empty unless the content looked like harvesting.</summary>
    public Utf8Text Excerpt { get; } = new();

    /// <summary>Takes over what a decoded exchange and its reading say; scores and offset are set later.</summary>
    public void Take(Exchange exchange, Reading reading)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(reading);
        Offset = -1;
        EventKey = EventKey.Of(exchange.EventId.Span);
        OccurredAtMs = exchange.OccurredAtMs;
        AccountId.Set(exchange.AccountId);
        AccountCreatedAtMs = exchange.AccountCreatedAtMs;
        OrgKey = exchange.OrgKey;
        PlanKey = exchange.PlanKey;
        SignupRouteKey = exchange.SignupRouteKey;
        EmailDomainKey = exchange.EmailDomainKey;
        EmailKey = exchange.EmailKey;
        PaymentKey = exchange.PaymentKey;
        PhoneKey = exchange.PhoneKey;
        AccountCountryKey = exchange.AccountCountryKey;
        IpKey = exchange.IpKey;
        IpBlockKey = exchange.IpBlockKey;
        UserAgentKey = exchange.UserAgentKey;
        Ja4Key = exchange.Ja4Key;
        DeviceKey = exchange.DeviceKey;
        ModelKey = exchange.Model.IsEmpty ? 0 : KeyHash.Of(exchange.Model.Span);
        ConversationKey = exchange.ConversationKey;
        Turn = exchange.Turn;
        SampleCount = exchange.SampleCount;
        Logprobs = exchange.Logprobs;
        Reasoning = exchange.Reasoning;
        Refused = exchange.Refused;
        InputTokens = exchange.InputTokens;
        OutputTokens = exchange.OutputTokens;
        ReasoningRefIssuedKey = exchange.ReasoningRefIssuedKey;
        ContentKey = reading.ContentKey;
        _frame = reading.Frame;
        _scores = default;
        Tier = FirstTier;
        Excerpt.Set(reading.Excerpt);
        SetReasoningRefs(exchange.ReasoningRefs);
        SetBands([], reading.MaterialBands);
        if (exchange.HasOutputSketch && !exchange.Refused && Readings.OutputBands.IsLongEnough(exchange.OutputSketch)
            && !(reading.HasContentSketch
                && Readings.OutputBands.IsEcho(exchange.OutputSketch, reading.ContentSketch)))
        {
            Readings.OutputBands.Fill(exchange.OutputSketch, _outputBands);
            _outputBandCount = OutputBandsMax;
        }
    }

    /// <summary>Keeps bands as they were stored.</summary>
    public void SetBands(ReadOnlySpan<ulong> output, ReadOnlySpan<ulong> material)
    {
        output.CopyTo(_outputBands);
        material.CopyTo(_materialBands);
        (_outputBandCount, _materialBandCount) = (output.Length, material.Length);
    }

    /// <summary>Keeps the first <see cref="ReasoningRefsMax"/> references.</summary>
    public void SetReasoningRefs(ReadOnlySpan<ulong> keys)
    {
        ReasoningRefCount = Math.Min(keys.Length, ReasoningRefsMax);
        keys[..ReasoningRefCount].CopyTo(_reasoningRefs);
    }
}
