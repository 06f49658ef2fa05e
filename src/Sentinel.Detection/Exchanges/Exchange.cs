namespace Sentinel.Detection.Exchanges;

/// <summary>Who wrote a piece of a prompt.</summary>
public enum SegmentRole : byte
{
    /// <summary>The system prompt, or a message with role system or developer.</summary>
    System,

    /// <summary>The customer's side.</summary>
    User,

    /// <summary>An earlier answer of the model, sent back.</summary>
    Assistant,

    /// <summary>A tool's output.</summary>
    Tool,

    /// <summary>Any other role.</summary>
    Other,
}

/// <summary>A piece of the prompt: bytes of <see cref="Exchange.Text"/>.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Start">First byte in the text.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct TextSegment(SegmentRole Role, int Start, int Length);

/// <summary>How hard the client asked the model to reason.</summary>
public enum ReasoningEffort : byte
{
    /// <summary>Not said.</summary>
    Unknown,

    /// <summary>Off.</summary>
    Off,

    /// <summary>Low.</summary>
    Low,

    /// <summary>Medium.</summary>
    Medium,

    /// <summary>High.</summary>
    High,
}

/// <summary>
/// One decoded exchange: everything of the event that the judge uses, in buffers that are reused. Owned by one worker
/// at a time; valid until the next decode into it. A key (64-bit, <see cref="KeyHash"/>) of 0, a number of
/// <see cref="Unknown"/> and a time of <see cref="UnknownTime"/> mean that the event does not say.
/// </summary>
public sealed class Exchange
{
    /// <summary>A number the event does not say.</summary>
    public const int Unknown = -1;

    /// <summary>A time the event does not say.</summary>
    public const long UnknownTime = long.MinValue;

    /// <summary>
    /// Segments kept: the system prompt and the last messages, since what is asked now stands last. Older messages are
    /// counted in <see cref="MessageCount"/> and left unread.
    /// </summary>
    public const int SegmentsMax = 512;

    /// <summary>Reasoning references kept of one request.</summary>
    public const int ReasoningRefsMax = 64;

    /// <summary>Positions of an output sketch (contract/sketch.md).</summary>
    public const int SketchLength = 64;

    private byte[] _text = new byte[8 * 1024];
    private int _textLength;

    // Place 0 is the system prompt's. Twice the room, so that forgetting old messages costs one move in many.
    private readonly TextSegment[] _segments = new TextSegment[2 * SegmentsMax];
    private int _messageSegments;
    private bool _hasSystem;
    private readonly ulong[] _reasoningRefs = new ulong[ReasoningRefsMax];
    private readonly uint[] _outputSketch = new uint[SketchLength];

    /// <summary>The event id, 1 to 64 characters.</summary>
    public Utf8Text EventId { get; } = new();

    /// <summary>The account id, 1 to 128 characters.</summary>
    public Utf8Text AccountId { get; } = new();

    /// <summary>The model asked for, as named by the provider.</summary>
    public Utf8Text Model { get; } = new();

    /// <summary>When the request arrived, milliseconds since 1970 UTC.</summary>
    public long OccurredAtMs { get; set; }

    /// <summary>When the account was created, milliseconds since 1970 UTC.</summary>
    public long AccountCreatedAtMs { get; set; }

    /// <summary>Key of the organisation.</summary>
    public ulong OrgKey { get; set; }

    /// <summary>Key of the plan name.</summary>
    public ulong PlanKey { get; set; }

    /// <summary>Key of the sign-up route.</summary>
    public ulong SignupRouteKey { get; set; }

    /// <summary>Key of the e-mail domain, lower case.</summary>
    public ulong EmailDomainKey { get; set; }

    /// <summary>Key of the e-mail hash.</summary>
    public ulong EmailKey { get; set; }

    /// <summary>Key of the payment hash.</summary>
    public ulong PaymentKey { get; set; }

    /// <summary>Key of the phone hash.</summary>
    public ulong PhoneKey { get; set; }

    /// <summary>Key of the country that the account declares.</summary>
    public ulong AccountCountryKey { get; set; }

    /// <summary>Key of the client's address.</summary>
    public ulong IpKey { get; set; }

    /// <summary>Key of the client's address block: /24 of IPv4, /48 of IPv6.</summary>
    public ulong IpBlockKey { get; set; }

    /// <summary>Autonomous system number, 32 bits unsigned.</summary>
    public long Asn { get; set; }

    /// <summary>Key of the kind of network (residential, hosting, …).</summary>
    public ulong NetworkKey { get; set; }

    /// <summary>Key of the country of the client's address.</summary>
    public ulong ClientCountryKey { get; set; }

    /// <summary>Key of the user agent.</summary>
    public ulong UserAgentKey { get; set; }

    /// <summary>Key of the TLS client fingerprint.</summary>
    public ulong Ja4Key { get; set; }

    /// <summary>Key of the device hash.</summary>
    public ulong DeviceKey { get; set; }

    /// <summary>Key of the API key's id.</summary>
    public ulong ApiKeyKey { get; set; }

    /// <summary>Key of the operation (chat, batch, …).</summary>
    public ulong OperationKey { get; set; }

    /// <summary>Key of the conversation.</summary>
    public ulong ConversationKey { get; set; }

    /// <summary>Turn of the conversation, from 1.</summary>
    public int Turn { get; set; }

    /// <summary>Messages in the request, also those not kept.</summary>
    public int MessageCount { get; set; }

    /// <summary>Tools offered.</summary>
    public int ToolCount { get; set; }

    /// <summary>Output tokens allowed.</summary>
    public int MaxTokens { get; set; }

    /// <summary>Samples asked for.</summary>
    public int SampleCount { get; set; }

    /// <summary>Sampling temperature; NaN when not said.</summary>
    public float Temperature { get; set; }

    /// <summary>Whether token probabilities were asked for; false when not said.</summary>
    public bool Logprobs { get; set; }

    /// <summary>Reasoning effort asked for.</summary>
    public ReasoningEffort Reasoning { get; set; }

    /// <summary>Keys of the reasoning references that the client sent back.</summary>
    public ReadOnlySpan<ulong> ReasoningRefs => _reasoningRefs.AsSpan(0, ReasoningRefCount);

    /// <summary>How many reasoning references are kept.</summary>
    public int ReasoningRefCount { get; private set; }

    /// <summary>HTTP status returned.</summary>
    public int Status { get; set; }

    /// <summary>Input tokens.</summary>
    public int InputTokens { get; set; }

    /// <summary>Output tokens.</summary>
    public int OutputTokens { get; set; }

    /// <summary>Reasoning tokens.</summary>
    public int ReasoningTokens { get; set; }

    /// <summary>Whether the model or a safeguard declined; false when not said.</summary>
    public bool Refused { get; set; }

    /// <summary>Key of the reasoning reference handed out with the response.</summary>
    public ulong ReasoningRefIssuedKey { get; set; }

    /// <summary>Whether the event carries the 64 minima of its response text.</summary>
    public bool HasOutputSketch { get; set; }

    /// <summary>The 64 minima; meaningless unless <see cref="HasOutputSketch"/>.</summary>
    public Span<uint> OutputSketch => _outputSketch;

    /// <summary>
    /// The buffer behind the segments: text of the prompt, unescaped UTF-8, in the event's own order.
    /// </summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    /// <summary>The pieces of the text: the system prompt first, then the messages in their order.</summary>
    public ReadOnlySpan<TextSegment> Segments
    {
        get
        {
            var kept = Math.Min(_messageSegments, SegmentsMax - 1);
            var first = _messageSegments - kept + 1;
            if (!_hasSystem)
            {
                return _segments.AsSpan(first, kept);
            }

            _segments[first - 1] = _segments[0];
            return _segments.AsSpan(first - 1, kept + 1);
        }
    }

    /// <summary>How many segments are kept.</summary>
    public int SegmentCount => Segments.Length;

    /// <summary>Bytes of one segment.</summary>
    public ReadOnlySpan<byte> TextOf(TextSegment segment) => _text.AsSpan(segment.Start, segment.Length);

    /// <summary>Makes everything unknown and keeps the buffers.</summary>
    public void Clear()
    {
        EventId.Clear();
        OccurredAtMs = UnknownTime;
        _textLength = 0;
        ClearAccount();
        ClearClient();
        ClearRequest();
        ClearResponse();
    }

    /// <summary>Makes all that the account says unknown.</summary>
    public void ClearAccount()
    {
        AccountId.Clear();
        AccountCreatedAtMs = UnknownTime;
        OrgKey = PlanKey = SignupRouteKey = EmailDomainKey = EmailKey = PaymentKey = PhoneKey = AccountCountryKey = 0;
    }

    /// <summary>Makes all that the client says unknown.</summary>
    public void ClearClient()
    {
        IpKey = IpBlockKey = NetworkKey = ClientCountryKey = UserAgentKey = Ja4Key = DeviceKey = ApiKeyKey = 0;
        Asn = Unknown;
    }

    /// <summary>Makes all that the request says unknown.</summary>
    public void ClearRequest()
    {
        Model.Clear();
        OperationKey = ConversationKey = 0;
        Turn = MaxTokens = SampleCount = Unknown;
        ToolCount = 0;
        Temperature = float.NaN;
        Logprobs = false;
        Reasoning = ReasoningEffort.Unknown;
        _hasSystem = false;
        ClearMessages();
        ClearReasoningRefs();
    }

    /// <summary>Makes all that the response says unknown.</summary>
    public void ClearResponse()
    {
        Status = 0;
        InputTokens = OutputTokens = ReasoningTokens = Unknown;
        Refused = HasOutputSketch = false;
        ReasoningRefIssuedKey = 0;
    }

    /// <summary>Forgets the messages, and not the system prompt.</summary>
    public void ClearMessages() => MessageCount = _messageSegments = 0;

    /// <summary>Forgets the reasoning references that the client sent back.</summary>
    public void ClearReasoningRefs() => ReasoningRefCount = 0;

    /// <summary>Keeps one more reasoning reference; past the maximum it is left out.</summary>
    public void AddReasoningRef(ulong key)
    {
        if (ReasoningRefCount < ReasoningRefsMax)
        {
            _reasoningRefs[ReasoningRefCount++] = key;
        }
    }

    /// <summary>
    /// Room for at least <paramref name="byteCount"/> bytes at the end of the text; finish with
    /// <see cref="CommitSegment"/> or <see cref="CommitSystem"/>. The text grows at most as long as the line it came
    /// from.
    /// </summary>
    public Span<byte> ReserveText(int byteCount)
    {
        if (_text.Length - _textLength < byteCount)
        {
            var grown = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_textLength + byteCount));
            Array.Resize(ref _text, (int)grown);
        }

        return _text.AsSpan(_textLength);
    }

    /// <summary>Makes the first <paramref name="length"/> reserved bytes a message, counted and put last.</summary>
    public void CommitSegment(SegmentRole role, int length)
    {
        if (_messageSegments == _segments.Length - 1)
        {
            // Only the last ones are kept, so the room's second half moves over the first.
            Array.Copy(_segments, _segments.Length - (SegmentsMax - 1), _segments, 1, SegmentsMax - 1);
            _messageSegments = SegmentsMax - 1;
        }

        _segments[++_messageSegments] = new TextSegment(role, _textLength, length);
        _textLength += length;
        MessageCount++;
    }

    /// <summary>
    /// Makes the first <paramref name="length"/> reserved bytes the system prompt, wherever it stood.
    /// </summary>
    public void CommitSystem(int length)
    {
        _segments[0] = new TextSegment(SegmentRole.System, _textLength, length);
        _textLength += length;
        _hasSystem = true;
    }

    /// <summary>Forgets the system prompt.</summary>
    public void ClearSystem() => _hasSystem = false;
}
