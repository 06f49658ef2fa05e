using System.Collections.Immutable;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Recipes;

/// <summary>Reads one group of a recipe.</summary>
internal static class GroupReader
{
    private static readonly string[] CommonKeys =
    [
        "name", "class", "accounts", "texts", "frames", "a_day", "rhythm", "arrives_hour", "signup_burst_hours",
        "proxied", "shared", "traits",
    ];

    private static readonly string[] CampaignKeys = [.. CommonKeys, "abuse_type", "harvesters", "harvest"];

    private static readonly string[] AbuseTypes =
    [
        "reasoning_extraction", "grading_harvest", "synthetic_data", "capability_harvest", "distribution_harvest",
        "instruction_extraction", "relay_harvest", "technique_probing", "account_fraud",
    ];

    public static TrafficGroup Read(RecipeFields fields, bool isCampaign)
    {
        fields.AllowOnly(isCampaign ? CampaignKeys : CommonKeys);
        return new TrafficGroup
        {
            Name = fields.Text("name"),
            Class = isCampaign ? fields.TextOr("class", "benign_bystander") : fields.Text("class"),
            Accounts = (int)fields.Whole("accounts", 1, TrafficRecipe.AccountsMax),
            Texts = fields.Weights("texts", PromptLibrary.Shared.FamilyNames),
            Frames = (int)fields.WholeOr("frames", 0, 10_000, 0),
            Volume = ReadVolume(fields),
            Rhythm = fields.Choice("rhythm", Rhythm.Waking),
            ArrivesHour = fields.NumberOr("arrives_hour", 0, TrafficRecipe.DaysMax * 24, 0),
            SignupBurstHours = fields.NumberOr("signup_burst_hours", 0, TrafficRecipe.DaysMax * 24, 0),
            Proxied = fields.Flag("proxied"),
            Shared = ReadShared(fields),
            Traits = ReadTraits(fields),
            Harvest = isCampaign ? ReadHarvest(fields) : null,
        };
    }

    private static VolumeModel ReadVolume(RecipeFields fields)
    {
        if (fields.Object("a_day") is not { } volume)
        {
            return new VolumeModel(1, 0, 1);
        }

        volume.AllowOnly(["median", "spread", "max"]);
        return new VolumeModel(
            volume.Number("median", 0.01, 1e6), volume.NumberOr("spread", 0, 3, 0), volume.Number("max", 0.01, 1e7));
    }

    private static ImmutableDictionary<SharedKey, int> ReadShared(RecipeFields fields)
    {
        var shared = ImmutableDictionary.CreateBuilder<SharedKey, int>();
        if (fields.ObjectOrNull("shared") is { } keys)
        {
            foreach (var name in keys.Names)
            {
                if (RecipeFields.TryName<SharedKey>(name, out var key))
                {
                    shared[key] = keys.CountOrAll(name);
                }
                else
                {
                    keys.Report(name, "no such key; known are " + RecipeFields.NamesOf<SharedKey>());
                }
            }
        }

        return shared.ToImmutable();
    }

    private static ImmutableDictionary<Trait, ImmutableArray<WeightedName>> ReadTraits(RecipeFields fields)
    {
        var traits = ImmutableDictionary.CreateBuilder<Trait, ImmutableArray<WeightedName>>();
        if (fields.ObjectOrNull("traits") is { } keys)
        {
            foreach (var name in keys.Names)
            {
                if (RecipeFields.TryName<Trait>(name, out var trait))
                {
                    traits[trait] = keys.Weights(name, TraitTables.Known(trait));
                }
                else
                {
                    keys.Report(name, "no such trait; known are " + RecipeFields.NamesOf<Trait>());
                }
            }
        }

        return traits.ToImmutable();
    }

    private static HarvestModel ReadHarvest(RecipeFields fields)
    {
        var abuseType = fields.Text("abuse_type");
        if (!AbuseTypes.Contains(abuseType, StringComparer.Ordinal))
        {
            fields.Report("abuse_type", "must be one of " + string.Join(", ", AbuseTypes));
        }

        var harvesters = fields.NumberOr("harvesters", 0.001, 1, 1);
        if (fields.Object("harvest") is not { } harvest)
        {
            return new HarvestModel(abuseType, harvesters, [], 0, 0, 0, 0);
        }

        harvest.AllowOnly(["texts", "frames", "camouflage_min", "camouflage_max", "replayed_references"]);
        var least = harvest.NumberOr("camouflage_min", 0, 0.99, 0);
        return new HarvestModel(
            abuseType,
            harvesters,
            harvest.Weights("texts", PromptLibrary.Shared.FamilyNames),
            (int)harvest.WholeOr("frames", 0, 10_000, 0),
            least,
            harvest.NumberOr("camouflage_max", least, 0.99, least),
            harvest.NumberOr("replayed_references", 0, 1, 0));
    }
}
