using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Simulation.Recipes;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Population;

/// <summary>
/// Makes the accounts of one group. Each account comes from its own seed; what it shares comes from the group's, so
/// that adding an account changes no other.
/// </summary>
internal sealed class AccountFactory(TrafficGroup group, int groupIndex, ulong groupSeed, double days)
{
    private const long DayMs = 86_400_000;

    private readonly Dictionary<Trait, Mix<string>> _traits = group.Traits.ToDictionary(
        pair => pair.Key, pair => MixOf(pair.Value));

    private readonly Mix<string> _texts = MixOf(group.Texts);
    private readonly Mix<string>? _harvest = group.Harvest is { } model ? MixOf(model.Texts) : null;

    /// <summary>Makes the account with that number in the group.</summary>
    public SimulatedAccount Make(int index)
    {
        var seed = Chance.Derive(groupSeed, (ulong)index + 1_000_000);
        var chance = new Chance(seed);
        var harvests = group.Harvest is { } model && chance.Hits(model.Harvesters);
        var country = Draw(Trait.Country, TraitTables.Countries, ref chance);
        var away = chance.Hits(0.06) ? TraitTables.Countries.Draw(ref chance) : country;
        var network = Draw(Trait.Network, TraitTables.Networks, ref chance);
        var client = TraitTables.Clients.Draw(ref chance);
        var reasoning = TraitTables.Reasonings.Draw(ref chance);
        var place = TraitTables.CountryOf(country);
        var language = DrawLanguage(place, ref chance);
        var (habit, address) = DrawAddress(network, away, index, seed, ref chance);
        var begins = DrawBegin(ref chance);
        var innocent = DrawFrame(_texts, group.Frames, seed, language, index);
        var harvest = harvests ? DrawFrame(_harvest!, group.Harvest!.Frames, ~seed, language, index) : default;
        return new SimulatedAccount
        {
            Group = groupIndex,
            Harvests = harvests,
            Seed = seed,
            Id = Chance.Derive(seed, 1),
            CreatedAtMs = begins - DrawAgeMs(ref chance),
            Org = Key(SharedKey.Org, index, seed, chance.Hits(0.3)),
            Email = Chance.Derive(seed, 2),
            Payment = Key(SharedKey.Payment, index, seed, chance.Hits(0.85)),
            Phone = Key(SharedKey.Phone, index, seed, chance.Hits(0.7)),
            Device = Key(SharedKey.Device, index, seed, chance.Hits(0.35)),
            Plan = JsonEncodedText.Encode(Draw(Trait.Plan, TraitTables.Plans, ref chance)),
            SignupRoute = JsonEncodedText.Encode(Draw(Trait.SignupRoute, TraitTables.SignupRoutes, ref chance)),
            EmailDomain = DrawEmailDomain(seed, ref chance),
            Country = country,
            ClientCountry = away,
            Network = network,
            Client = client,
            Ja4 = client.Ja4[chance.Below(client.Ja4.Length)],
            AddressHabit = habit,
            Address = address,
            Model = TraitTables.Models.Draw(ref chance),
            Reasoning = reasoning,
            Reasons = reasoning.Value != "off",
            Temperature = TraitTables.Temperatures.Draw(ref chance),
            OutputLimit = TraitTables.OutputLimits.Draw(ref chance),
            Samples = chance.Hits(0.03) ? chance.Between(2, 4) : 1,
            Logprobs = chance.Hits(0.02),
            Streams = chance.Hits(0.5),
            Language = language,
            Innocent = innocent,
            Harvest = harvest,
            CamouflagedConversations = harvests
                ? DrawCamouflage(group.Harvest!, innocent.Family.TurnsMean, harvest.Family.TurnsMean, ref chance)
                : 0,
            ADay = Math.Min(chance.LogNormal(group.Volume.Median, group.Volume.Spread), group.Volume.DailyMax),
            OffsetMinutes = place.OffsetMinutes,
            Chance = new Chance(Chance.Derive(seed, 3)),
            NextMs = begins,
        };
    }

    private static Mix<string> MixOf(ImmutableArray<WeightedName> names) =>
        new(names.Select(name => (name.Value, name.Weight)).ToArray());

    /// <summary>
    /// Share of conversations that makes the share of exchanges drawn: innocent ones have more turns than harvesting.
    /// </summary>
    private static double DrawCamouflage(
        HarvestModel model, double innocentTurns, double harvestTurns, ref Chance chance)
    {
        var share = model.CamouflageMin + (chance.Unit() * (model.CamouflageMax - model.CamouflageMin));
        return share * harvestTurns / ((share * harvestTurns) + ((1 - share) * innocentTurns));
    }

    private string Draw(Trait trait, Mix<string> usual, ref Chance chance) =>
        (_traits.TryGetValue(trait, out var own) ? own : usual).Draw(ref chance);

    private string DrawLanguage(Country place, ref Chance chance)
    {
        var usual = chance.Hits(0.7) ? place.Language : "en";
        return _traits.TryGetValue(Trait.Language, out var own) ? own.Draw(ref chance) : usual;
    }

    private JsonEncodedText DrawEmailDomain(ulong seed, ref Chance chance)
    {
        var domain = Draw(Trait.EmailDomain, TraitTables.EmailDomains, ref chance);
        return JsonEncodedText.Encode(
            domain == "own" ? $"c{Chance.Derive(seed, 4) >> 36:x}.example" : domain);
    }

    /// <summary>The account's value of a key: its pool's where the group shares it, else its own.</summary>
    private ulong Key(SharedKey key, int index, ulong seed, bool hasOwn)
    {
        if (group.Shared.TryGetValue(key, out var accountsEach))
        {
            return Chance.Derive(Chance.Derive(groupSeed, 100 + (ulong)key), (ulong)(index / accountsEach));
        }

        return hasOwn ? Chance.Derive(seed, 100 + (ulong)key) : 0;
    }

    private (AddressHabit Habit, ClientAddress Address) DrawAddress(
        string network, string country, int index, ulong seed, ref Chance chance)
    {
        var isVolatile = chance.Hits(0.25);
        foreach (var key in (ReadOnlySpan<SharedKey>)[SharedKey.Address, SharedKey.Block])
        {
            if (group.Shared.ContainsKey(key))
            {
                var pool = Addresses.Of(network, country, Key(key, index, seed, hasOwn: true));
                return (key == SharedKey.Address ? AddressHabit.Fixed : AddressHabit.Block, pool);
            }
        }

        if (group.Proxied)
        {
            return (AddressHabit.Proxied, default);
        }

        var habit = network switch
        {
            "residential" => AddressHabit.Lease,
            "mobile" or "vpn" or "proxy" => AddressHabit.Roaming,
            "hosting" when isVolatile => AddressHabit.Roaming,
            _ => AddressHabit.Fixed,
        };
        return (habit, Addresses.Of(network, country, Chance.Derive(seed, 5)));
    }

    private FrameInUse DrawFrame(Mix<string> families, int frames, ulong seed, string language, int index)
    {
        // Accounts that share frames draw from one of the group's seeds, in any language: so they draw the same.
        var isShared = frames > 0;
        var frameSeed = Chance.Derive(isShared ? groupSeed : seed, isShared ? 200 + (ulong)(index % frames) : 6);
        var chance = new Chance(frameSeed);
        var family = PromptLibrary.Shared.Family(families.Draw(ref chance));
        var frame = isShared && !_traits.ContainsKey(Trait.Language)
            ? family.DrawAny(ref chance)
            : family.Draw(language, ref chance);
        return new FrameInUse(family, frame, frameSeed);
    }

    /// <summary>When the account begins, milliseconds from the start.</summary>
    private long DrawBegin(ref Chance chance)
    {
        var arrives = (long)(group.ArrivesHour * 3_600_000);
        if (group.SignupBurstHours > 0)
        {
            return arrives + (long)(chance.Unit() * group.SignupBurstHours * 3_600_000);
        }

        // Most accounts were there before; the others come while the traffic runs.
        var isNew = chance.Hits(0.3);
        var delay = (long)(chance.Unit() * 0.5 * days * DayMs);
        return isNew ? arrives + delay : arrives;
    }

    private long DrawAgeMs(ref Chance chance)
    {
        var ageMs = (long)(Math.Min(chance.LogNormal(45, 1.3), 900) * DayMs);
        return group.SignupBurstHours > 0 ? 60_000 + (ageMs % 1_800_000) : ageMs;
    }
}
