using System.Collections.Frozen;
using System.Collections.Immutable;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;

namespace Sentinel.Reports.Sharing;

/// <summary>
/// Finds keys that others told of among a campaign's own: it says so in the report, and nothing is judged by it. Immutable.
/// </summary>
public sealed class ToldKeys
{
    private readonly ImmutableArray<(string Name, RecipientKey? Key)> _sources;
    private readonly FrozenDictionary<(string Source, LinkKind Kind, string Value), ImportedKey> _keys;

    /// <summary>Keys, and what their sources hash with; a source without a key told of store keys.</summary>
    public ToldKeys(ImmutableArray<ImportedKey> keys, IReadOnlyDictionary<string, RecipientKey> sourceKeys)
    {
        ArgumentNullException.ThrowIfNull(sourceKeys);
        _keys = keys.ToFrozenDictionary(static key => (key.Source, key.Kind, key.Value));
        _sources =
        [
            .. keys.Select(static key => key.Source).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => (name, sourceKeys.GetValueOrDefault(name))),
        ];
    }

    /// <summary>Nobody told of anything.</summary>
    public static ToldKeys None { get; } = new([], FrozenDictionary<string, RecipientKey>.Empty);

    /// <summary>What others told of a report's campaigns, put into it.</summary>
    public IncidentReport AddTo(IncidentReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return _sources.IsEmpty ? report : report with
        {
            Campaigns = [.. report.Campaigns.Select(AddTo)],
        };
    }

    /// <summary>Which of a campaign's keys a source told of.</summary>
    public ImmutableArray<ImportedKey> Matches(ReportedCampaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var found = ImmutableArray.CreateBuilder<ImportedKey>();
        foreach (var (name, hash) in _sources)
        {
            foreach (var key in campaign.Keys)
            {
                if (_keys.TryGetValue((name, key.Kind, key.Value), out var plain))
                {
                    found.Add(plain);
                }
                else if (hash is not null && _keys.TryGetValue((name, key.Kind, hash.HashKey(key.Kind, key.Value)), out var hashed))
                {
                    found.Add(hashed);
                }
            }
        }

        return found.DrainToImmutable();
    }

    private ReportedCampaign AddTo(ReportedCampaign campaign)
    {
        var told = campaign with
        {
            Told =
            [
                .. Matches(campaign).GroupBy(static key => key.Source).Select(static group => new ReportedTold(
                    group.Key, group.Count(), group.Max(static key => key.Weight), group.Max(static key => key.ValidUntil))),
            ],
        };
        return told with { Facts = ReportBuilder.FactsOf(told) };
    }
}
