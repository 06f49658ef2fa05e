namespace Sentinel.Simulation.Recipes;

/// <summary>
/// What a campaign's hiding costs it. All figures are expectations from its recipe at scale 1, over the groups of the
/// campaign; none is measured.
/// </summary>
/// <param name="Campaign">Its name.</param>
/// <param name="Accounts">Accounts that harvest.</param>
/// <param name="HarvestADay">Harvesting exchanges a day of all of them while they are there.</param>
/// <param name="Throughput">Share of what the same accounts would harvest a day if they hid nothing.</param>
/// <param name="Payments">Payment instruments in use.</param>
/// <param name="AddressesADay">Rented addresses a day; 0 where each account has its own.</param>
/// <param name="Wordings">Frames to write and to check, paraphrases included; 0 where each account has its own.</param>
/// <param name="DelayMinutes">How much later an exchange is sent than its scheduler could, on average.</param>
public sealed record AttackCost(
    string Campaign,
    double Accounts,
    double HarvestADay,
    double Throughput,
    double Payments,
    double AddressesADay,
    long Wordings,
    double DelayMinutes)
{
    /// <summary>Share of accounts that pay at all, of whoever they are.</summary>
    private const double PayingShare = 0.85;

    /// <summary>Exchanges from one rented address, on average: 2 to 256 conversations, evenly by power.</summary>
    private const double ExchangesPerAddress = 64 * 1.4;

    /// <summary>Accounts that would harvest as much a day without hiding; the difference is the price.</summary>
    public double AccountsWithoutHiding => Accounts * Throughput;

    /// <summary>The costs of every campaign of a recipe, in its order.</summary>
    public static IReadOnlyList<AttackCost> Of(TrafficRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return
        [
            .. recipe.Groups
                .Where(static group => group.Harvest is not null)
                .GroupBy(static group => group.Campaign ?? group.Name, StringComparer.Ordinal)
                .Select(static groups => OfCampaign(groups.Key, [.. groups])),
        ];
    }

    private static AttackCost OfCampaign(string name, TrafficGroup[] groups)
    {
        var unhidden = groups.Sum(static group => AccountsOf(group) * group.Volume.Mean);
        var harvest = groups.Sum(static group => AccountsOf(group) * group.Volume.Mean * YieldOf(group.Harvest!));
        return new AttackCost(
            name,
            groups.Sum(AccountsOf),
            harvest,
            harvest / unhidden,
            groups.Sum(PaymentsOf),
            groups.Where(static group => group.Proxied).Sum(static group =>
                AccountsOf(group) * Math.Max(1, group.Volume.Mean * group.Harvest!.Hides.Pace / ExchangesPerAddress)),
            groups.Max(static group => (long)group.Harvest!.Frames * group.Harvest.Hides.Paraphrases),
            groups.Max(static group => group.Harvest!.Hides.JitterMinutes / 2));
    }

    private static double AccountsOf(TrafficGroup group) => group.Accounts * group.Harvest!.Harvesters;

    private static double YieldOf(HarvestModel harvest) =>
        harvest.Hides.Pace * (1 - ((harvest.CamouflageMin + harvest.CamouflageMax) / 2));

    private static double PaymentsOf(TrafficGroup group)
    {
        var isShared = group.Shared.TryGetValue(SharedKey.Payment, out var accountsEach)
            && !group.Harvest!.Hides.UniquePayments;
        return isShared ? Math.Ceiling(group.Accounts / (double)accountsEach) : AccountsOf(group) * PayingShare;
    }
}
