using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Evaluation.Traffic;

/// <summary>
/// A lane store that keeps what detectors may know of every exchange that the lane admits, and nothing durable. A run
/// of the platform's pipeline through it yields the platform's findings and the baselines' input at once: all judge the
/// same exchanges. Owned by the lane's thread.
/// </summary>
/// <param name="hasKeyword">Whether an event's text holds a keyword.</param>
public sealed class TrafficRecorder(Func<EventKey, bool> hasKeyword) : ILaneStore
{
    /// <summary>Most exchanges of a folder: at some 100 bytes each 1.6 GB, twice that while the list grows.</summary>
    public const int ExchangesMax = 16_000_000;

    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<ObservedAccount> _accounts = [];
    private readonly List<ObservedExchange> _exchanges = [];

    /// <summary>Exchanges that found no room; traffic of which there are any cannot be evaluated.</summary>
    public long LeftOut { get; private set; }

    /// <inheritdoc/>
    public long NextOffset { get; private set; }

    /// <inheritdoc/>
    public int PendingRows => 0;

    /// <summary>What was recorded; the recorder is not to be used afterwards.</summary>
    public ObservedTraffic Complete() => new(_accounts, _exchanges);

    /// <inheritdoc/>
    public Task<long> RecoverAsync(Action<Observation> observe, CancellationToken cancel) => Task.FromResult(0L);

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation.Offset = NextOffset++;
        if (_exchanges.Count == ExchangesMax)
        {
            LeftOut++;
            return;
        }

        var exchange = new ObservedExchange
        {
            Account = PlaceOf(observation),
            AtMs = observation.OccurredAtMs,
            EventKey = observation.EventKey.High,
            IpKey = observation.IpKey,
            IpBlockKey = observation.IpBlockKey,
            DeviceKey = observation.DeviceKey,
            ContentKey = observation.ContentKey,
            FrameKey = FrameKeyOf(observation.Frame),
            HarvestSteps = observation.Scores.HarvestSteps,
            TopKind = TopKindOf(observation.Scores.KindSteps),
            HasKeyword = hasKeyword(observation.EventKey),
        };
        exchange.SetEmbedding(observation.Scores.Embedding);
        _exchanges.Add(exchange);
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict)
    {
    }

    /// <inheritdoc/>
    public void Append(Campaign campaign)
    {
    }

    /// <inheritdoc/>
    public void Append(Link link)
    {
    }

    /// <inheritdoc/>
    public void Append(DeadLetter letter)
    {
    }

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel) => Task.CompletedTask;

    private static ulong FrameKeyOf(in FrameSketch frame) =>
        frame.SystemAnchor != 0 ? frame.SystemAnchor : frame.HeadAnchor != 0 ? frame.HeadAnchor : frame.TailAnchor;

    private static byte TopKindOf(ReadOnlySpan<ushort> steps)
    {
        var top = 0;
        for (var kind = 1; kind < ContentKinds.Count; kind++)
        {
            top = steps[kind] > steps[top] ? kind : top;
        }

        return (byte)top;
    }

    private int PlaceOf(Observation observation)
    {
        var key = KeyHash.Of(observation.AccountId.Span);
        if (!_places.TryGetValue(key, out var place))
        {
            place = _accounts.Count;
            _places.Add(key, place);
            _accounts.Add(new ObservedAccount(observation.AccountId.ToString()));
        }

        var account = _accounts[place];
        account.ExchangeCount++;
        account.PaymentKey = account.PaymentKey == 0 ? observation.PaymentKey : account.PaymentKey;
        account.PhoneKey = account.PhoneKey == 0 ? observation.PhoneKey : account.PhoneKey;
        account.EmailKey = account.EmailKey == 0 ? observation.EmailKey : account.EmailKey;
        return place;
    }
}
