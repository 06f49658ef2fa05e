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

    /// <summary>
    /// In waves that the whole group rides together, within the waking hours of each account's place: a scheduler
    /// spreads load over its accounts.
    /// </summary>
    Waves,

    /// <summary>As waking, twelvefold in the two days after the release of a model, and hardly otherwise.</summary>
    Release,
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

    /// <summary>The set of tools that its client offers.</summary>
    Tools,
}

/// <summary>A value and its weight among others.</summary>
/// <param name="Value">The value.</param>
/// <param name="Weight">Above 0; weights need not sum to one.</param>
public readonly record struct WeightedName(string Value, double Weight);

/// <summary>How many exchanges the accounts of a group make: log-normal, so that a few make very many.</summary>
/// <param name="Median">Exchanges a day of the account in the middle.</param>
/// <param name="Spread">Standard deviation of the logarithm.</param>
/// <param name="DailyMax">No account makes more a day.</param>
public sealed record VolumeModel(double Median, double Spread, double DailyMax)
{
    private const int QuantileCount = 2_000;
    private const int Halvings = 60;

    /// <summary>Exchanges a day of all accounts on average, those held at the limit included.</summary>
    public double Mean => MeanOf(Median, Spread, DailyMax);

    /// <summary>The model whose accounts make so many a day on average, those held at the limit included.</summary>
    public static VolumeModel OfMean(double mean, double spread, double dailyMax)
    {
        var (low, high) = (0.0, dailyMax);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = MeanOf(middle, spread, dailyMax) < mean ? (middle, high) : (low, middle);
        }

        return new VolumeModel((low + high) / 2, spread, dailyMax);
    }

    // Over even slices of six standard deviations to each side: exact enough for any spread that a recipe may have.
    private static double MeanOf(double median, double spread, double dailyMax)
    {
        var (sum, weights) = (0.0, 0.0);
        for (var i = 0; i < QuantileCount; i++)
        {
            var z = (12.0 * (i + 0.5) / QuantileCount) - 6;
            var weight = Math.Exp(-z * z / 2);
            sum += weight * Math.Min(median * Math.Exp(spread * z), dailyMax);
            weights += weight;
        }

        return sum / weights;
    }
}

/// <summary>A new model, to which accounts move in the days after it appears.</summary>
/// <param name="Day">Days after the start.</param>
/// <param name="Model">Its name.</param>
/// <param name="Moves">Share of all accounts that move to it, half of those within two days.</param>
public sealed record ModelRelease(double Day, string Model, double Moves);

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
    double ReplayedReferences)
{
    /// <summary>Prompt families from <see cref="LaterDay"/> on; empty where they stay the same.</summary>
    public ImmutableArray<WeightedName> LaterTexts { get; init; } = [];

    /// <summary>Day from which the later families are used.</summary>
    public double LaterDay { get; init; }

    /// <summary>Share of conversations that put the output of another account back in.</summary>
    public double Recirculates { get; init; }

    /// <summary>Share of the accounts that move to each new model within a day of its release; 0 as everyone.</summary>
    public double Pivots { get; init; }

    /// <summary>What it does not to be seen.</summary>
    public HidingModel Hides { get; init; } = HidingModel.Nothing;
}

/// <summary>
/// The adversary's budget: what a campaign does not to be seen. <see cref="AttackCost"/> tells what that takes.
/// </summary>
/// <param name="Paraphrases">Wordings of each frame, drawn anew in every conversation.</param>
/// <param name="JitterMinutes">A wave is spread over so many minutes.</param>
/// <param name="Pace">Share of the group's volume that is sent.</param>
/// <param name="UniquePayments">Whether each account has its own payment instrument, whatever else is shared.</param>
public sealed record HidingModel(int Paraphrases, double JitterMinutes, double Pace, bool UniquePayments)
{
    /// <summary>Hides nothing.</summary>
    public static HidingModel Nothing { get; } = new(1, 0.2, 1, UniquePayments: false);
}

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

    /// <summary>When it sends: each account by one of these.</summary>
    public required ImmutableArray<(Rhythm Rhythm, double Weight)> Rhythms { get; init; }

    /// <summary>Prompt families that its accounts go over to in the course of the recipe; empty for the same.</summary>
    public ImmutableArray<WeightedName> LaterTexts { get; init; } = [];

    /// <summary>The recipe whose file declares it.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>Campaign in the truth file, which may have several groups; null for harvesters on their own.</summary>
    public string? Campaign { get; init; }

    /// <summary>Hours after the start at which its accounts are banned; 0 for never.</summary>
    public double LeavesHour { get; init; }

    /// <summary>Days that an account of it lasts before another comes in its place; 0 for no such limit.</summary>
    public double StaysDays { get; init; }

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

    /// <summary>Share of the accounts that take the group's value of a shared key, each kind of key by itself.</summary>
    public double SharedShare { get; init; } = 1;

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

    /// <summary>Median of the least length of first messages where nothing is said.</summary>
    public const int FirstMessageBytesDefault = 750;

    /// <summary>Largest median of the least length of first messages.</summary>
    public const int FirstMessageBytesMax = 4_000;

    /// <summary>Models that one recipe may release.</summary>
    public const int ReleasesMax = 16;

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>One line on what it shows; may be empty.</summary>
    public string About { get; init; } = "";

    /// <summary>Time before which nothing happens.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Days it lasts.</summary>
    public required double Days { get; init; }

    /// <summary>
    /// Median of the least length of first messages, account by account, in bytes: what is shorter brings background
    /// along, so that length tells nothing. 0: everything as long as it is.
    /// </summary>
    public double FirstMessageBytes { get; init; } = FirstMessageBytesDefault;

    /// <summary>Models that appear while it lasts, in the order of their time.</summary>
    public ImmutableArray<ModelRelease> Releases { get; init; } = [];

    /// <summary>Populations, then campaigns; what other recipes lend comes before what the file itself declares.</summary>
    public required ImmutableArray<TrafficGroup> Groups { get; init; }

    /// <summary>Campaigns in it; harvesters on their own count once for their group.</summary>
    public int CampaignCount => Groups
        .Where(static group => group.Harvest is not null)
        .DistinctBy(static group => group.Campaign ?? group.Name)
        .Count();
}
