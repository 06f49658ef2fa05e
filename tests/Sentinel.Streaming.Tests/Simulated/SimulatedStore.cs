using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// The database as one lane sees it: fed with offsets, of which those that were there when it was opened are left out.
/// A block of exchanges becomes durable whole; what it caused follows, key by key.
/// </summary>
internal sealed class SimulatedStore(SimulatedProcess process, SimulatedServers servers, int partition) : ILaneStore
{
    private List<long> _offsets = [];
    private List<Action> _findings = [];
    private Task _last = Task.CompletedTask;

    /// <inheritdoc/>
    public long NextOffset { get; private set; } = servers.Exchanges
        .GetViewBetween((partition, 0), (partition, long.MaxValue))
        .Reverse().Select(static row => row.Offset + 1).FirstOrDefault();

    /// <inheritdoc/>
    public int PendingRows => _offsets.Count + _findings.Count;

    /// <inheritdoc/>
    public long Recover(Action<Observation> observe, CancellationToken cancel) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        if (observation.Offset >= NextOffset)
        {
            _offsets.Add(observation.Offset);
            NextOffset = observation.Offset + 1;
        }
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict) => _findings.Add(
        () => servers.Verdicts[(verdict.Id, verdict.AccountId, verdict.Origin)] = verdict);

    /// <inheritdoc/>
    public void Append(Campaign campaign) => _findings.Add(
        () => servers.Campaigns[(campaign.Id, campaign.Version)] = campaign);

    /// <inheritdoc/>
    public void Append(Link link) => _findings.Add(
        () => servers.Links[(link.Kind, link.Key, link.AccountId)] = link);

    /// <inheritdoc/>
    public void Append(DeadLetter letter) => _findings.Add(
        () => servers.DeadLetters[(letter.Source, letter.Line)] = letter);

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel)
    {
        if (!_last.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A commit was begun during another, or after one that failed.");
        }

        var (offsets, findings) = (_offsets, _findings);
        (_offsets, _findings) = ([], []);
        _last = process.AskStore(
            $"store-{GetHashCode()}",
            () =>
            {
                servers.Exchanges.UnionWith(offsets.Select(offset => (partition, offset)));
                findings.ForEach(static write => write());
            },
            part =>
            {
                if (part > 0)
                {
                    servers.Exchanges.UnionWith(offsets.Select(offset => (partition, offset)));
                    findings.Take((int)(part * findings.Count)).ToList().ForEach(static write => write());
                }
            });
        return _last;
    }
}
