using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Simulation.Recipes;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Population;

/// <summary>
/// Makes the accounts of one group. Each account comes from its own seed, what it shares from the group's or the
/// campaign's, and those from their names: a group has the same accounts in every recipe that it is part of.
/// </summary>
internal sealed class AccountFactory
{
    private const long DayMs = 86_400_000;
    private const string StandingFamily = "standing";

    private readonly TrafficGroup _group;
    private readonly int _groupIndex;
    private readonly ulong _groupSeed;
    private readonly double _days;
    private readonly double _firstMessageBytes;
    private readonly FrameChooser _frames;
    private readonly Dictionary<Trait, Mix<string>> _traits;
    private readonly Mix<Rhythm> _rhythms;

    public AccountFactory(TrafficGroup group, int groupIndex, ulong runSeed, TrafficRecipe recipe)
    {
        (_group, _groupIndex) = (group, groupIndex);
        (_days, _firstMessageBytes) = (recipe.Days, recipe.FirstMessageBytes);
        _groupSeed = Chance.Derive(runSeed, KeyHash.Of(group.Name));
        _traits = group.Traits.ToDictionary(pair => pair.Key, pair => MixOf(pair.Value));
        _rhythms = new Mix<Rhythm>(group.Rhythms.AsSpan());
        _frames = new FrameChooser(group, _groupSeed, Chance.Derive(runSeed, KeyHash.Of(group.Campaign ?? group.Name)));
    }

    /// <summary>What its accounts ask.</summary>
    public FrameChooser Frames => _frames;

    /// <summary>Makes the account with that number in the group.</summary>
    public SimulatedAccount Make(int index)
    {
        var seed = Chance.Derive(_groupSeed, (ulong)index + 1_000_000);
        var chance = new Chance(seed);
        var harvests = _group.Harvest is { } model && chance.Hits(model.Harvesters);
        var country = Draw(Trait.Country, TraitTables.Countries, ref chance);
        var away = chance.Hits(0.06) ? TraitTables.Countries.Draw(ref chance) : country;
        var network = Draw(Trait.Network, TraitTables.Networks, ref chance);
        var client = TraitTables.Clients.Draw(ref chance);
        var reasoning = TraitTables.Reasonings.Draw(ref chance);
        var place = TraitTables.CountryOf(country);
        var language = DrawLanguage(place, ref chance);
        var (habit, address) = DrawAddress(network, away, index, seed, ref chance);
        var (begins, leaves) = DrawStay(ref chance);
        var innocent = _frames.Innocent(seed, index, language, isChanged: false);
        // The software of one operator sends alike.
        var operatorChance = new Chance(
            _group is { Harvest: null, Frames: > 0 } ? innocent.Seed : Chance.Derive(seed, 15));
        var pace = _group.Harvest?.Hides.Pace ?? 1;
        return new SimulatedAccount
        {
            Group = _groupIndex,
            Index = index,
            Rhythm = _rhythms.Draw(ref chance),
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
            Country = place.Code,
            ClientCountry = away,
            Network = network,
            Client = client,
            Ja4 = client.Ja4[chance.Below(client.Ja4.Length)],
            AddressHabit = habit,
            Address = address,
            AddressSpan = (_group.Proxied ? 2 : 1) << chance.Below(8),
            Model = TraitTables.Models.Draw(ref chance),
            Reasoning = reasoning,
            Reasons = reasoning.Value != "off",
            Temperature = TraitTables.Temperatures.Draw(ref chance),
            OutputLimit = TraitTables.OutputLimits.Draw(ref chance),
            Samples = chance.Hits(0.03) ? chance.Between(2, 4) : 1,
            Logprobs = chance.Hits(0.02),
            Streams = chance.Hits(0.5),
            Language = language,
            Tools = TraitTables.ToolsOf(Draw(Trait.Tools, TraitTables.ToolSets, ref chance)),
            TurnsMax = TraitTables.TurnsMax.Draw(ref chance),
            SendsSystem = operatorChance.Hits(0.5),
            Standing = FrameChooser.Of(PromptLibrary.Shared.Family(StandingFamily), operatorChance.Next(), language),
            FirstMessageBytes = (int)Math.Min(chance.LogNormal(1, 0.9) * _firstMessageBytes, 6_000),
            Innocent = innocent,
            // What many use together does not change with one of them.
            ChangesAtMs = chance.Hits(0.25) && _group.Frames == 0 ? (long)(chance.Unit() * _days * DayMs) : long.MaxValue,
            Harvest = harvests ? _frames.Harvest(seed, index, language, wording: 0, isLater: false) : default,
            CamouflagedConversations = harvests ? DrawCamouflage(_group.Harvest!, ref chance) : 0,
            ADay = pace * Math.Min(chance.LogNormal(_group.Volume.Median, _group.Volume.Spread), _group.Volume.DailyMax),
            Trend = chance.Normal(0.35),
            OffsetMinutes = place.OffsetMinutes,
            Chance = new Chance(Chance.Derive(seed, 3)),
            LeavesMs = leaves,
            NextMs = begins,
        };
    }

    /// <summary>A mix of the names.</summary>
    internal static Mix<string> MixOf(ImmutableArray<WeightedName> names) =>
        new(names.Select(name => (name.Value, name.Weight)).ToArray());

    private static double DrawCamouflage(HarvestModel model, ref Chance chance) =>
        model.CamouflageMin + (chance.Unit() * (model.CamouflageMax - model.CamouflageMin));

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

    /// <summary>
    /// The account's value of a key: its pool's where the group shares it, else its own. Of a campaign, as many
    /// accounts have one as elsewhere; innocents who share something all have it.
    /// </summary>
    private ulong Key(SharedKey key, int index, ulong seed, bool hasOwn)
    {
        var isUnique = key == SharedKey.Payment && _group.Harvest is { Hides.UniquePayments: true };
        if (!isUnique && _group.Shared.TryGetValue(key, out var accountsEach) && (hasOwn || _group.Harvest is null)
            && (_group.SharedShare >= 1 || new Chance(Chance.Derive(seed, 200 + (ulong)key)).Hits(_group.SharedShare)))
        {
            return Chance.Derive(Chance.Derive(_groupSeed, 100 + (ulong)key), (ulong)(index / accountsEach));
        }

        return hasOwn ? Chance.Derive(seed, 100 + (ulong)key) : 0;
    }

    private (AddressHabit Habit, ClientAddress Address) DrawAddress(
        string network, string country, int index, ulong seed, ref Chance chance)
    {
        var isVolatile = chance.Hits(0.4);
        foreach (var key in (ReadOnlySpan<SharedKey>)[SharedKey.Address, SharedKey.Block])
        {
            if (_group.Shared.ContainsKey(key) && !_group.Proxied)
            {
                var pool = Addresses.Of(network, country, Key(key, index, seed, hasOwn: true));
                return (key == SharedKey.Address ? AddressHabit.Fixed : AddressHabit.Block, pool);
            }
        }

        var habit = network switch
        {
            _ when _group.Proxied => AddressHabit.Roaming,
            "residential" => AddressHabit.Lease,
            "mobile" or "vpn" or "proxy" => AddressHabit.Roaming,
            "hosting" when isVolatile => AddressHabit.Roaming,
            _ => AddressHabit.Fixed,
        };
        return (habit, Addresses.Of(network, country, Chance.Derive(seed, 5)));
    }

    /// <summary>When the account begins and when it is gone, milliseconds from the start.</summary>
    private (long Begins, long Leaves) DrawStay(ref Chance chance)
    {
        var arrives = (long)(_group.ArrivesHour * 3_600_000);
        var banned = _group.LeavesHour > 0 ? (long)(_group.LeavesHour * 3_600_000) : long.MaxValue;
        var (delay, stay) = (chance.Unit(), chance.Exponential(1));
        // Who was let in for a while only does not come and go besides.
        var isOfPool = _group.ArrivesHour > 0 || _group.LeavesHour > 0;
        var (isNew, isLeaving) = (chance.Hits(0.45) && !isOfPool, chance.Hits(0.4) && !isOfPool);
        if (_group.SignupBurstHours > 0)
        {
            return (arrives + (long)(delay * _group.SignupBurstHours * 3_600_000), banned);
        }

        if (_group.StaysDays > 0)
        {
            var began = ((_days + _group.StaysDays) * delay) - _group.StaysDays;
            return ((long)(Math.Max(0, began) * DayMs), (long)((Math.Max(0, began) + (_group.StaysDays * stay)) * DayMs));
        }

        // Most accounts were there before and stay; the others come and go while the traffic runs.
        var endsMs = Math.Min(banned, (long)(_days * DayMs));
        var begins = isNew ? arrives + (long)(delay * 0.8 * (endsMs - arrives)) : arrives;
        var leaves = isLeaving ? begins + (long)((endsMs - begins) * Math.Min(1, 0.1 + (stay / 2))) : banned;
        return (begins, leaves);
    }

    private long DrawAgeMs(ref Chance chance)
    {
        var ageMs = (long)(Math.Min(chance.LogNormal(45, 1.3), 900) * DayMs);
        return _group.SignupBurstHours > 0 ? 60_000 + (ageMs % 1_800_000) : ageMs;
    }
}
