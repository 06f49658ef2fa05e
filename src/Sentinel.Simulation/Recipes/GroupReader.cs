using System.Collections.Immutable;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Recipes;

/// <summary>Reads one group of a recipe.</summary>
internal static class GroupReader
{
    private static readonly string[] CommonKeys =
    [
        "name", "class", "accounts", "texts", "later_texts", "frames", "a_day", "rhythm", "arrives_hour",
        "leaves_hour", "stays_days", "signup_burst_hours", "proxied", "shared",
        "shared_share", "traits",
    ];

    private static readonly string[] CampaignKeys =
        [.. CommonKeys, "campaign", "alone", "abuse_type", "harvesters", "harvest", "hides"];

    private static readonly string[] AbuseTypes =
    [
        "reasoning_extraction", "grading_harvest", "synthetic_data", "capability_harvest", "distribution_harvest",
        "instruction_extraction", "relay_harvest", "technique_probing", "account_fraud",
    ];

    public static TrafficGroup Read(RecipeFields fields, bool isCampaign)
    {
        fields.AllowOnly(isCampaign ? CampaignKeys : CommonKeys);
        var name = fields.Text("name");
        var isAlone = fields.Flag("alone");
        var harvest = isCampaign ? ReadHarvest(fields) : null;
        return new TrafficGroup
        {
            Name = name,
            Class = isCampaign ? fields.TextOr("class", "benign_bystander") : fields.Text("class"),
            Campaign = isCampaign && !isAlone ? fields.TextOr("campaign", name) : null,
            Accounts = (int)fields.Whole("accounts", 1, TrafficRecipe.AccountsMax),
            Texts = fields.Weights("texts", PromptLibrary.Shared.FamilyNames),
            LaterTexts = fields.WeightsOrNone("later_texts", PromptLibrary.Shared.FamilyNames),
            Frames = (int)fields.WholeOr("frames", 0, 10_000, 0),
            Volume = ReadVolume(fields),
            Rhythms = fields.Choices("rhythm", Rhythm.Waking),
            ArrivesHour = fields.NumberOr("arrives_hour", 0, TrafficRecipe.DaysMax * 24, 0),
            LeavesHour = fields.NumberOr("leaves_hour", 0.01, TrafficRecipe.DaysMax * 24, 0),
            StaysDays = fields.NumberOr("stays_days", 0.01, TrafficRecipe.DaysMax, 0),
            SignupBurstHours = fields.NumberOr("signup_burst_hours", 0, TrafficRecipe.DaysMax * 24, 0),
            Proxied = fields.Flag("proxied") || HidesAddresses(fields),
            Shared = ReadShared(fields),
            SharedShare = fields.NumberOr("shared_share", 0.01, 1, 1),
            Traits = ReadTraits(fields),
            Harvest = harvest,
        };
    }

    private static bool HidesAddresses(RecipeFields fields) =>
        fields.ObjectOrNull("hides") is { } hides && hides.Flag("addresses");

    private static VolumeModel ReadVolume(RecipeFields fields)
    {
        if (fields.Object("a_day") is not { } volume)
        {
            return new VolumeModel(1, 0, 1);
        }

        volume.AllowOnly(["median", "mean", "spread", "max"]);
        if (volume.Has("median") == volume.Has("mean"))
        {
            volume.Report("median", "either median or mean is needed");
        }

        var spread = volume.NumberOr("spread", 0, 3, 0);
        var most = volume.Number("max", 0.01, 1e7);
        if (!volume.Has("mean"))
        {
            return new VolumeModel(volume.NumberOr("median", 0.01, 1e6, 1), spread, most);
        }

        var mean = volume.Number("mean", 0.01, 1e6);
        if (mean >= most)
        {
            volume.Report("mean", "must be below max");
        }

        return VolumeModel.OfMean(mean, spread, most);
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

        harvest.AllowOnly([
            "texts", "later_texts", "later_day", "frames", "camouflage_min", "camouflage_max", "replayed_references",
            "recirculates", "pivots",
        ]);
        var least = harvest.NumberOr("camouflage_min", 0, 0.99, 0);
        var model = new HarvestModel(
            abuseType,
            harvesters,
            harvest.Weights("texts", PromptLibrary.Shared.FamilyNames),
            (int)harvest.WholeOr("frames", 0, 10_000, 0),
            least,
            harvest.NumberOr("camouflage_max", least, 0.99, least),
            harvest.NumberOr("replayed_references", 0, 1, 0))
        {
            LaterTexts = harvest.WeightsOrNone("later_texts", PromptLibrary.Shared.FamilyNames),
            LaterDay = harvest.NumberOr("later_day", 0, TrafficRecipe.DaysMax, 0),
            Recirculates = harvest.NumberOr("recirculates", 0, 1, 0),
            Pivots = harvest.NumberOr("pivots", 0, 1, 0),
        };
        return ReadHiding(fields, model);
    }

    private static HarvestModel ReadHiding(RecipeFields fields, HarvestModel model)
    {
        if (fields.ObjectOrNull("hides") is not { } hides)
        {
            return model;
        }

        hides.AllowOnly(["addresses", "payments", "paraphrases", "jitter_minutes", "camouflage", "pace"]);
        var nothing = HidingModel.Nothing;
        var camouflage = hides.NumberOr("camouflage", 0, 0.99, -1);
        return model with
        {
            Hides = new HidingModel(
                (int)hides.WholeOr("paraphrases", 1, 10_000, nothing.Paraphrases),
                hides.NumberOr("jitter_minutes", 0.01, 24 * 60, nothing.JitterMinutes),
                hides.NumberOr("pace", 0.001, 1, nothing.Pace),
                hides.Flag("payments")),
            CamouflageMin = camouflage >= 0 ? camouflage : model.CamouflageMin,
            CamouflageMax = camouflage >= 0 ? camouflage : model.CamouflageMax,
        };
    }
}
