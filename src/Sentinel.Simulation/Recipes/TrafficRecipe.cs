using System.Collections.Immutable;

namespace Sentinel.Simulation.Recipes;

/// <summary>When the accounts of a group are at work.</summary>
public enum Rhythm
{
    /// <summary>In conversations, by the daily rhythm of people at their own place.</summary>
    Waking,

    /// <summary>As waking, but in office hours and hardly at weekends.</summary>
    Office,

    /// <summary>At all hours, with a mild daily rhythm: programs that serve others.</summary>
    Steady,

    /// <summary>In one run each night: scheduled jobs.</summary>
    Nightly,

    /// <summary>In waves that the whole group rides together: a scheduler spreads load over its accounts.</summary>
    Waves,
}

/// <summary>What an account holds that it may share with others of its group.</summary>
public enum SharedKey
{
    /// <summary>The organisation.</summary>
    Org,

    /// <summary>The payment instrument.</summary>
    Payment,

    /// <summary>The phone.</summary>
    Phone,

    /// <summary>The device.</summary>
    Device,

    /// <summary>One address.</summary>
    Address,

    /// <summary>An address block: /24.</summary>
    Block,
}

/// <summary>A property of accounts whose distribution a group may set for itself.</summary>
public enum Trait
{
    /// <summary>The plan.</summary>
    Plan,

    /// <summary>The sign-up route.</summary>
    SignupRoute,

    /// <summary>The e-mail domain.</summary>
    EmailDomain,

    /// <summary>The country.</summary>
    Country,

    /// <summary>The kind of network.</summary>
    Network,

    /// <summary>The language of the texts.</summary>
    Language,
}

/// <summary>A value and its weight among others.</summary>
/// <param name="Value">The value.</param>
/// <param name="Weight">Above 0; weights need not sum to one.</param>
public readonly record struct WeightedName(string Value, double Weight);

/// <summary>How many exchanges the accounts of a group make: log-normal, so that a few make very many.</summary>
/// <param name="Median">Exchanges a day of the account in the middle.</param>
/// <param name="Spread">Standard deviation of the logarithm.</param>
/// <param name="DailyMax">No account makes more a day.</param>
public sealed record VolumeModel(double Median, double Spread, double DailyMax);

/// <summary>What the harvesting accounts of a campaign do.</summary>
/// <param name="AbuseType">The abuse type of the contract that the truth file names.</param>
/// <param name="Harvesters">Share of the group's accounts that harvest; the others are innocent customers.</param>
/// <param name="Texts">Prompt families of the harvest.</param>
/// <param name="Frames">Frames in use: 1 is one prompt injected in every request, 0 is each account its own.</param>
/// <param name="CamouflageMin">Smallest share of an account's exchanges that is innocent text.</param>
/// <param name="CamouflageMax">Largest such share.</param>
/// <param name="ReplayedReferences">Share of exchanges that present another account's reasoning reference.</param>
public sealed record HarvestModel(
    string AbuseType,
    double Harvesters,
    ImmutableArray<WeightedName> Texts,
    int Frames,
    double CamouflageMin,
    double CamouflageMax,
    double ReplayedReferences);

/// <summary>Accounts of one kind: a population of innocents, or a campaign.</summary>
public sealed record TrafficGroup
{
    /// <summary>Name, unique in the recipe; of a campaign, its id in the truth file.</summary>
    public required string Name { get; init; }

    /// <summary>Class of its innocent accounts in the truth file.</summary>
    public required string Class { get; init; }

    /// <summary>Accounts, before scaling.</summary>
    public required int Accounts { get; init; }

    /// <summary>Prompt families of its innocent texts.</summary>
    public required ImmutableArray<WeightedName> Texts { get; init; }

    /// <summary>Frames that the innocent texts use together; 0 is each account its own.</summary>
    public int Frames { get; init; }

    /// <summary>How much it sends.</summary>
    public required VolumeModel Volume { get; init; }

    /// <summary>When it sends.</summary>
    public required Rhythm Rhythm { get; init; }

    /// <summary>Hours after the start of the recipe at which the first account comes.</summary>
    public double ArrivesHour { get; init; }

    /// <summary>
    /// Hours within which all of the group sign up and begin; 0 where they signed up independently of each other.
    /// </summary>
    public double SignupBurstHours { get; init; }

    /// <summary>Whether its requests leave through other people's addresses, a new one every few requests.</summary>
    public bool Proxied { get; init; }

    /// <summary>Keys shared in the group: accounts to each value; <see cref="int.MaxValue"/> for all.</summary>
    public required ImmutableDictionary<SharedKey, int> Shared { get; init; }

    /// <summary>Distributions that differ from those of all accounts.</summary>
    public required ImmutableDictionary<Trait, ImmutableArray<WeightedName>> Traits { get; init; }

    /// <summary>What makes it a campaign; null for innocents.</summary>
    public HarvestModel? Harvest { get; init; }
}

/// <summary>A mixture of traffic, declared: who is there, how many, how they behave.</summary>
public sealed record TrafficRecipe
{
    /// <summary>Groups that one recipe may have.</summary>
    public const int GroupsMax = 1_000;

    /// <summary>Accounts that one group may have.</summary>
    public const int AccountsMax = 10_000_000;

    /// <summary>Days that one recipe may last.</summary>
    public const int DaysMax = 400;

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Time before which nothing happens.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Days it lasts.</summary>
    public required double Days { get; init; }

    /// <summary>Populations, then campaigns, in the order of the file.</summary>
    public required ImmutableArray<TrafficGroup> Groups { get; init; }
}
