using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

/// <summary>What the common innocents of all recipes promise.</summary>
public sealed class InnocentsTests
{
    private static readonly string[] HardNegatives =
    [
        "benign_eval_harness", "benign_ci_agent", "benign_rag_backfill", "benign_gateway", "benign_auditor",
        "benign_day_one", "benign_drift_monitor", "benign_grading", "benign_tutoring", "benign_templated_app",
        "benign_batch", "benign_test_data", "benign_academic", "benign_university", "benign_mobile",
        "benign_conference", "benign_reseller_customer",
    ];

    private static TrafficRecipe Innocents => Recipe("innocents");

    [Fact]
    public void Innocents_HardNegatives_AreAllThereAndMany()
    {
        var accounts = Innocents.Groups.Sum(group => group.Accounts);
        Assert.True(accounts >= 30_000);
        Assert.Empty(HardNegatives.Except(Innocents.Groups.Select(group => group.Class)));
        var hard = Innocents.Groups.Where(group => HardNegatives.Contains(group.Class)).Sum(group => group.Accounts);
        Assert.InRange(hard / (double)accounts, 0.1, 0.6);
    }

    [Fact]
    public void Innocents_ThirtyDays_HaveTwoReleasesAndBenignRush()
    {
        Assert.Equal(30, Innocents.Days);
        Assert.Equal(2, Innocents.Releases.Length);
        var rushing = Innocents with
        {
            Groups = [.. Innocents.Groups.Where(group => group.Class == "benign_day_one")],
        };
        var played = Played.Of(rushing, seed: 2, scale: 0.05);
        var byDay = played.Exchanges.CountBy(line =>
            (int)(line.GetProperty("occurred_at").GetDateTimeOffset() - Innocents.StartsAt).TotalDays)
            .ToDictionary();
        Assert.True(byDay[9] > 5 * byDay[7], "the day after a release against the day before");
    }

    [Fact]
    public void Recipes_WithCampaigns_ShareTheInnocentsAndAreOutweighedByThem()
    {
        foreach (var name in BuiltInRecipes.Names.Except(["demo", "innocents"]))
        {
            var recipe = Recipe(name);
            Assert.Equal(Innocents.Groups.Select(group => group.Name), recipe.Groups
                .Where(group => group.Harvest is null)
                .Select(group => group.Name));
            var heaviest = recipe.Groups.Where(group => group.Harvest is not null).Max(group => group.Volume.DailyMax);
            Assert.True(Innocents.Groups.Count(group => group.Volume.DailyMax > heaviest) >= 3, name);
        }
    }

    [Fact]
    public void All_HoldsEveryCampaign() => Assert.Equal(
        BuiltInRecipes.Names.Except(["all", "demo", "innocents"]),
        Recipe("all").Groups
            .Where(group => group.Harvest is not null)
            .Select(group => group.Recipe)
            .Distinct()
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Play_SameGroupInAnotherRecipe_HasTheSameAccounts()
    {
        var alone = Recipe("r6") with { Groups = [.. Recipe("r6").Groups.Where(group => group.Harvest is not null)] };
        var mixed = alone with { Groups = [.. Recipe("r9").Groups.Where(IsCampaign), .. alone.Groups] };
        var few = Played.Of(alone, seed: 9, scale: 0.005).Accounts.Keys;
        Assert.NotEmpty(few);
        Assert.Empty(few.Except(Played.Of(mixed, seed: 9, scale: 0.005).Accounts.Keys));
    }

    private static bool IsCampaign(TrafficGroup group) => group.Harvest is not null;

    private static TrafficRecipe Recipe(string name)
    {
        Assert.True(BuiltInRecipes.TryGet(name, out var recipe));
        return recipe;
    }
}
