// One STIX 2.1 bundle. Ids follow from what they name and for whom, so a second report of the same campaign updates the first
// one's objects, and two recipients' bundles have no id in common but those of the standards themselves.
using System.Text.Json.Nodes;
using Sentinel.Detection.Links;

namespace Sentinel.Reports.Stix;

/// <summary>Writes a report as a STIX 2.1 bundle.</summary>
internal sealed class StixBundle
{
    /// <summary>Accounts of a campaign that become objects.</summary>
    public const int AccountsMax = 1_000;

    /// <summary>Keys of a campaign that become indicators.</summary>
    public const int IndicatorsMax = 200;

    private const int CountMax = 999_999_999; // STIX's own limit.

    private readonly IncidentReport _report;
    private readonly JsonArray _objects = [];
    private readonly List<string> _ids = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly string _marking;
    private readonly string _identity;

    private StixBundle(IncidentReport report)
    {
        _report = report;
        _marking = StixTlp.IdOf(report.Handling.Tlp);
        _identity = IdOf("identity", report.Handling.Publisher);
    }

    /// <summary>The bundle.</summary>
    public static JsonObject Of(IncidentReport report)
    {
        var bundle = new StixBundle(report);
        bundle.AddStandards();
        foreach (var campaign in report.Campaigns)
        {
            bundle.Add(campaign);
        }

        bundle.AddReport();
        return new JsonObject
        {
            ["type"] = "bundle",
            ["id"] = bundle.IdOf("bundle", report.Id, ReportWords.Instant(report.WrittenAt)),
            ["objects"] = bundle._objects,
        };
    }

    private string IdOf(string type, params ReadOnlySpan<string> names)
    {
        string[] all = [_report.Handling.Recipient, .. names];
        return StixIds.Of(type, all);
    }

    private void AddStandards()
    {
        Put(StixTlp.Of(_report.Handling.Tlp));
        Put(new JsonObject
        {
            ["type"] = "identity",
            ["spec_version"] = "2.1",
            ["id"] = _identity,
            ["created"] = StixTlp.Epoch,
            ["modified"] = StixTlp.Epoch,
            ["name"] = _report.Handling.Publisher,
            ["identity_class"] = "organization",
            ["sectors"] = new JsonArray("technology"),
        });
        Put(new JsonObject
        {
            ["type"] = "extension-definition",
            ["spec_version"] = "2.1",
            ["id"] = StixKeys.ExtensionId,
            ["created_by_ref"] = _identity,
            ["created"] = StixTlp.Epoch,
            ["modified"] = StixTlp.Epoch,
            ["name"] = "Keys that accounts of an LLM API share",
            ["description"] = "Hashes of payment instruments, TLS clients (JA4), instruction frames, devices, addresses "
                + "and the like, by which accounts are tied to each other. Never the values themselves.",
            ["schema"] = "An object with extension_type, key_form and any of the properties KIND_keys, each a list of "
                + "hexadecimal texts; KIND is " + string.Join(", ", LinkKinds.Names) + ". key_form is store-key-64 "
                + "(16 digits) or hmac-sha-256 (64 digits, under a key that the recipient was given apart from this).",
            ["version"] = StixKeys.Version,
            ["extension_types"] = new JsonArray("property-extension"),
        });
    }

    private void Add(ReportedCampaign campaign)
    {
        var id = IdOf("campaign", campaign.Id);
        var item = Domain("campaign", id, campaign.FirstDetectedAt);
        item["name"] = campaign.Name;
        item["description"] = string.Join(' ', campaign.Facts.Select(static fact => fact.Text));
        item["first_seen"] = ReportWords.Instant(campaign.Scale.FirstAt);
        item["last_seen"] = Instant(Later(campaign.Scale.LastAt, campaign.Scale.FirstAt));
        item["confidence"] = PercentOf(campaign.Risk);
        if (campaign.AbuseTypes.Length > 0)
        {
            item["objective"] = "Collects "
                + string.Join("; ", campaign.AbuseTypes.Select(ReportWords.Harvest)) + ".";
        }

        Put(item);
        AddTechniques(campaign, id);
        AddInfrastructure(campaign, id);
        var observed = AddObserved(campaign);
        AddIndicators(campaign, id, observed);
        AddNote(campaign, id, "What was counted", campaign.Facts.Select(static fact => fact.Text));
        AddNote(campaign, id, "What was concluded, and how strongly", campaign.Inferences.Select(static item =>
            $"{ReportWords.Sentence(item.Text)} (Evidence: {ReportWords.Of(item.Confidence)}.)"));
        if (campaign.Frame is { Length: > 0 } frame)
        {
            AddNote(campaign, id, "Instruction frame that its accounts share", [frame]);
        }
    }

    private void AddTechniques(ReportedCampaign campaign, string campaignId)
    {
        foreach (var technique in AtlasTechnique.Of(campaign))
        {
            var id = IdOf("attack-pattern", technique.Id);
            var item = Domain("attack-pattern", id, DateTimeOffset.UnixEpoch);
            item["created"] = StixTlp.Epoch;
            item["name"] = technique.Name;
            item["external_references"] = new JsonArray(new JsonObject
            {
                ["source_name"] = "mitre-atlas",
                ["external_id"] = technique.Id,
                ["url"] = technique.Url,
            });
            Put(item);
            Relate(campaign, campaignId, "uses", id);
        }
    }

    private void AddInfrastructure(ReportedCampaign campaign, string campaignId)
    {
        var id = IdOf("infrastructure", campaign.Id);
        var item = Domain("infrastructure", id, campaign.FirstDetectedAt);
        item["name"] = $"Account pool of {campaign.Name}";
        item["description"] = $"{ReportWords.Number(campaign.Scale.Accounts)} accounts used as one.";
        item["infrastructure_types"] = new JsonArray("unknown");
        Put(item);
        Relate(campaign, campaignId, "uses", id);
    }

    // The observed data's id, or null where no account may be told.
    private string? AddObserved(ReportedCampaign campaign)
    {
        if (campaign.Accounts.IsEmpty)
        {
            return null;
        }

        var keys = KeysByAccount(campaign);
        var refs = new JsonArray();
        foreach (var account in campaign.Accounts.Take(AccountsMax))
        {
            var item = Account(account, keys.GetValueOrDefault(account.Id));
            refs.Add((string)item["id"]!);
            Put(item);
        }

        var id = IdOf("observed-data", campaign.Id);
        var observed = Domain("observed-data", id, campaign.FirstDetectedAt);
        observed["first_observed"] = ReportWords.Instant(campaign.Scale.FirstAt);
        observed["last_observed"] = Instant(Later(campaign.Scale.LastAt, campaign.Scale.FirstAt));
        observed["number_observed"] = Math.Clamp(campaign.Scale.Exchanges, 1, CountMax);
        observed["object_refs"] = refs;
        Put(observed);
        return id;
    }

    private static Dictionary<string, List<ReportedKey>> KeysByAccount(ReportedCampaign campaign)
    {
        var byAccount = new Dictionary<string, List<ReportedKey>>(StringComparer.Ordinal);
        foreach (var key in campaign.Keys.Take(IndicatorsMax))
        {
            foreach (var account in key.Accounts)
            {
                if (!byAccount.TryGetValue(account, out var keys))
                {
                    byAccount[account] = keys = [];
                }

                keys.Add(key);
            }
        }

        return byAccount;
    }

    private JsonObject Account(ReportedAccount account, List<ReportedKey>? keys)
    {
        const string Kind = "llm-api";
        var contributing = new JsonObject { ["account_type"] = Kind, ["user_id"] = account.Id };
        var item = new JsonObject
        {
            ["type"] = "user-account",
            ["spec_version"] = "2.1",
            ["id"] = StixIds.OfObservable("user-account", contributing.ToJsonString()),
            ["object_marking_refs"] = new JsonArray(_marking),
            ["user_id"] = account.Id,
            ["account_type"] = Kind,
        };
        if (keys is { Count: > 0 })
        {
            var extension = new JsonObject
            {
                ["extension_type"] = "property-extension",
                [StixKeys.FormProperty] = StixKeys.NameOf(keys[0].Form),
            };
            foreach (var group in keys.GroupBy(static key => key.Kind).OrderBy(static group => group.Key))
            {
                extension[StixKeys.PropertyOf(group.Key)] = ReportJson.Texts(group.Select(static key => key.Value));
            }

            item["extensions"] = new JsonObject { [StixKeys.ExtensionId] = extension };
        }

        return item;
    }

    private void AddIndicators(ReportedCampaign campaign, string campaignId, string? observed)
    {
        foreach (var key in campaign.Keys.Take(IndicatorsMax))
        {
            var kind = LinkKinds.Names[(int)key.Kind];
            var id = IdOf("indicator", campaign.Id, kind, key.Value);
            var item = Domain("indicator", id, key.FirstAt);
            item["name"] = $"{ReportWords.Of(key.Kind)} shared by {ReportWords.Number(key.Members)} accounts";
            item["description"] = $"Accounts of an LLM API with this key. {ReportWords.Number(key.Members)} of the "
                + $"{ReportWords.Number(key.AllAccounts)} accounts that use it belong to {campaign.Name}. One key ranks; "
                + "it convicts nobody.";
            item["indicator_types"] = new JsonArray("anomalous-activity");
            item["pattern"] = StixKeys.PatternOf(key.Kind, key.Value);
            item["pattern_type"] = "stix";
            item["pattern_version"] = "2.1";
            item["valid_from"] = ReportWords.Instant(key.FirstAt);
            item["valid_until"] = Instant(Later(_report.Handling.ExpiresAt, key.FirstAt.AddMilliseconds(1)));
            item["confidence"] = PercentOf(campaign.Risk * key.Members / Math.Max(key.Members, key.AllAccounts));
            Put(item);
            Relate(campaign, id, "indicates", campaignId);
            AddSighting(campaign, key, id, observed);
        }
    }

    private void AddSighting(ReportedCampaign campaign, ReportedKey key, string indicator, string? observed)
    {
        var item = Domain("sighting", IdOf("sighting", indicator), key.FirstAt);
        item["sighting_of_ref"] = indicator;
        item["first_seen"] = ReportWords.Instant(key.FirstAt);
        item["last_seen"] = Instant(Later(key.LastAt, key.FirstAt));
        item["count"] = Math.Clamp(key.Members, 1, CountMax);
        item["where_sighted_refs"] = new JsonArray(_identity);
        item["summary"] = true;
        item["description"] = $"Seen with accounts of {campaign.Name}.";
        if (observed is not null)
        {
            item["observed_data_refs"] = new JsonArray(observed);
        }

        Put(item);
    }

    private void AddNote(ReportedCampaign campaign, string campaignId, string title, IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        if (text.Length == 0)
        {
            return;
        }

        var item = Domain("note", IdOf("note", campaign.Id, title), campaign.FirstDetectedAt);
        item["abstract"] = title;
        item["content"] = text;
        item["object_refs"] = new JsonArray(campaignId);
        Put(item);
    }

    private void Relate(ReportedCampaign campaign, string source, string kind, string target)
    {
        var item = Domain("relationship", IdOf("relationship", source, kind, target), campaign.FirstDetectedAt);
        item["relationship_type"] = kind;
        item["source_ref"] = source;
        item["target_ref"] = target;
        Put(item);
    }

    private void AddReport()
    {
        var refs = ReportJson.Texts(_ids);

        // Under one id an object is created once (STIX 2.1, section 3.6.1): not whenever it is written again.
        var created = _report.Campaigns.Select(static campaign => campaign.FirstDetectedAt).DefaultIfEmpty(_report.WrittenAt).Min();
        var item = Domain("report", IdOf("report", _report.Id), created);
        item["name"] = _report.Title;
        item["description"] = $"{_report.Question} SHA-256 of the underlying evidence: {_report.EvidenceHash}. Use until "
            + $"{ReportWords.Day(_report.Handling.ExpiresAt)}.";
        item["report_types"] = new JsonArray("campaign", "indicator");
        item["published"] = ReportWords.Instant(_report.WrittenAt);
        item["object_refs"] = refs;
        Put(item);
    }

    private JsonObject Domain(string type, string id, DateTimeOffset created) => new()
    {
        ["type"] = type,
        ["spec_version"] = "2.1",
        ["id"] = id,
        ["created_by_ref"] = _identity,
        ["created"] = ReportWords.Instant(created),
        ["modified"] = Instant(Later(_report.WrittenAt, created)),
        ["object_marking_refs"] = new JsonArray(_marking),
    };

    private void Put(JsonObject item)
    {
        var id = (string)item["id"]!;
        if (_seen.Add(id))
        {
            _ids.Add(id);
            _objects.Add((JsonNode)item);
        }
    }

    private static string Instant(DateTimeOffset time) => ReportWords.Instant(time);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static int PercentOf(double share) => (int)Math.Clamp(Math.Floor(share * 100), 0, 100);
}
