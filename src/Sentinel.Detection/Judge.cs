using System.Collections.Immutable;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection;

/// <summary>
/// The whole judge within one process: account lane, link lane and campaigns lane of one partition, joined without any
/// wire between them. Observations in, findings out. Pure and deterministic: time is the observations' own, and the same
/// observations in the same order give the same findings. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// Accounts are judged with every exchange; what they share is exchanged every <see cref="DetectionPolicy.Tick"/> of
/// event time, and groups are judged every <see cref="DetectionPolicy.GroupInterval"/>.
/// </remarks>
public sealed class Judge
{
    // Notes handed on before a tick is over, so that one crowded tick takes no more memory than many.
    private const int NotesMax = 65_536;

    private readonly AccountJudge _accounts;
    private readonly LinkJudge _links;
    private readonly CampaignJudge _campaigns;
    private readonly AccountNotes _notes = new();
    private readonly List<EdgeChange> _changes = [];
    private readonly DetectionPolicy _policy;

    /// <summary>A judge without memory of any account.</summary>
    /// <param name="policy">The thresholds; one policy for the judge's life.</param>
    /// <param name="reference">How innocent content scores under the classifier at the beginning.</param>
    /// <param name="modelVersion">Its name and version; the one in use is stored with every verdict.</param>
    /// <param name="partition">The lane's partition, part of every verdict's id.</param>
    public Judge(DetectionPolicy policy, BenignReference reference, string modelVersion, int partition)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(modelVersion);
        _policy = policy;
        var writer = new VerdictWriter(policy, modelVersion, partition);
        _accounts = new AccountJudge(policy, reference, writer, int.MaxValue); // The campaigns read its profiles in place.
        _links = new LinkJudge(policy.SharedKeysMax, policy.SightingsMax, policy.ReferencesMax, policy.OutputBandsMax);
        _campaigns = new CampaignJudge(policy, writer);
    }

    /// <summary>Verified workloads, each with its time; looked at once a tick.</summary>
    public WorkloadsInForce Workloads { get; init; } = new();

    /// <summary>What people ruled, each ruling with its time; looked at once a tick.</summary>
    public RulingsInForce Rulings { get; init; } = new();

    /// <summary>Exchanges judged.</summary>
    public long ExchangeCount => _accounts.ExchangeCount;

    /// <summary>Exchanges of accounts beyond <see cref="DetectionPolicy.AccountsMax"/>, which cannot be judged.</summary>
    public long UnjudgedCount => _accounts.UnjudgedCount;

    /// <summary>Accounts seen.</summary>
    public int AccountCount => _accounts.Accounts.Count;

    /// <summary>Accounts flagged.</summary>
    public int FlaggedCount => Verdicts().Count(static verdict => verdict.IsFlagged);

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public ImmutableArray<Campaign> Campaigns => _campaigns.Campaigns;

    /// <summary>Whether an event is new; remembers it. A second event with the same id changes nothing.</summary>
    public bool TryAdmit(EventKey key) => _accounts.TryAdmit(key);

    /// <summary>
    /// From now on observations carry the scores of this version: they are evidence by its own reference, and verdicts
    /// name it.
    /// </summary>
    public void UseModel(ScoringModel model) => _accounts.UseModel(model);

    /// <summary>
    /// From now on observations of the second tier carry the scores of this version. One must be named before any such
    /// observation; else they are taken for the first tier's.
    /// </summary>
    public void UseSecond(ScoringModel model) => _accounts.UseSecond(model);

    /// <summary>Judges an admitted observation that has its offset. What changed is added to the output.</summary>
    public void Observe(Observation observation, JudgeOutput output)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(output);
        var endsTick = _accounts.EndsTick(observation);
        if (endsTick || _accounts.ExchangeCount == 0)
        {
            _accounts.UseWorkloads(Workloads.Current);
            _campaigns.UseWorkloads(Workloads.Current);
            _campaigns.UseRulings(Rulings.Current);
        }

        if (endsTick)
        {
            HandOn();
            _campaigns.EndTick(Ticks.EndOf(_accounts.Tick, _policy.Tick), _accounts.Offset, output);
            _campaigns.Advance(Ticks.StartOf(observation.OccurredAtMs, _policy.Tick), _accounts.Offset, output);
        }
        else if (_accounts.NoteCount >= NotesMax)
        {
            HandOn();
        }

        _accounts.Observe(observation, output.Verdicts);

        // Within one process a stolen reference need not wait for the end of its tick.
        if (observation.ReasoningRefs.Length > 0)
        {
            HandOn();
            _campaigns.ConcludePresenters(_accounts.NowMs, _accounts.Offset, output);
        }
    }

    /// <summary>Judges groups once more as of the last observation: the end of a replay.</summary>
    public void Finish(JudgeOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        HandOn();
        _campaigns.Finish(Math.Max(0, _accounts.NowMs), _accounts.Offset, output);
    }

    /// <summary>The verdict in force on every account, in the order in which they were first seen.</summary>
    public IEnumerable<Verdict> Verdicts()
    {
        for (var index = 0; index < _accounts.Accounts.Count; index++)
        {
            var account = _accounts.Accounts[index];
            var own = _accounts.Write(account);
            yield return _campaigns.Accounts.Find(account.Profile.Key) is { HasStanding: true } linked
                && _campaigns.Write(linked) is var joint && joint.Supersedes(own) ? joint : own;
        }
    }

    private void HandOn()
    {
        _accounts.TakeNotes(_notes);
        _notes.Sightings.ForEach(_links.Book);
        _notes.FrameUses.ForEach(_links.Book);
        _changes.Clear();
        _links.TakeChanges(_changes);
        _campaigns.Accounts.Total = _accounts.Accounts.Count;
        _notes.Profiles.ForEach(_campaigns.Take);
        foreach (var excerpt in _notes.Excerpts)
        {
            _campaigns.Take(excerpt);
        }

        foreach (var change in _changes)
        {
            _campaigns.Take(change);
        }
    }
}
