using System.Globalization;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

/// <summary>
/// No field and no simple aggregate of an account may tell malicious from benign: over every recipe, the area under the
/// curve stays within 0.4 and 0.6; for volume, where a campaign lives by it, within 0.25 and 0.75. What a search for techniques is
/// refused is what it is, and left out.
/// </summary>
public sealed class RecipeLeakTests(RecipeLeakTests.Fixture innocents) : IClassFixture<RecipeLeakTests.Fixture>
{
    private const double AreaMax = 0.6;
    private const double HeavyAreaMax = 0.75;
    private const int MaliciousWanted = 300;
    private const int HeavyMaliciousWanted = 150;

    // Everybody sends a part of what the recipe says, so that thirty days of all recipes can be played in a test.
    private const double VolumeShare = 0.4;
    private const ulong Seed = 1;

    public static TheoryData<string, bool> Recipes => new()
    {
        { "r1", false }, { "r2", false }, { "r3", true }, { "r4", false }, { "r5", true }, { "r6", false },
        { "r7", true }, { "r8", false }, { "r9", false }, { "heavy-singles", true }, { "diluted-5", false },
        { "diluted-10", false }, { "diluted-30", false }, { "all", true },
    };

    [Fact]
    public void Recipes_AllThatHaveCampaigns_AreTested() => Assert.Equal(
        BuiltInRecipes.Names.Except(["demo", "innocents"]), // The demo has innocents of its own, and LeakTests.
        Recipes.Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Recipe_AnyFieldOrAggregate_SaysLittle(string name, bool isHeavy)
    {
        var malicious = AccountFacts.Play(CampaignsOf(name, isHeavy ? HeavyMaliciousWanted : MaliciousWanted), Seed, 1)
            .Where(account => account.IsMalicious)
            .ToArray();
        Assert.True(malicious.Length > HeavyMaliciousWanted / 2, $"{malicious.Length} malicious accounts");
        var areas = Areas([.. innocents.Accounts, .. malicious]).ToArray();
        Assert.True(areas.Length > 40);
        var leaks = areas.Where(area =>
        {
            var most = isHeavy && area.Name.StartsWith("volume", StringComparison.Ordinal) ? HeavyAreaMax : AreaMax;
            return (area.Area > most || area.Area < 1 - most) && !LivesBy(name, area.Name);
        });
        var told = string.Join(", ", leaks.Select(leak => string.Create(CultureInfo.InvariantCulture, $"{leak.Name} {leak.Area:F3}")));
        Assert.True(told.Length == 0, told);
    }

    // Who searches for techniques is refused a third of what is asked, and answers to that are short, soon there and without a sketch.
    private static bool LivesBy(string name, string field) => name == "r9" && field
        is "median output_tokens" or "median latency_ms" or "sketches";

    [Fact]
    public void Areas_FieldThatTells_IsFound()
    {
        // The measure itself must see what does tell.
        var heavy = AccountFacts.Play(WithVolume(CampaignsOf("r1", 50), 30), Seed, 1)
            .Where(account => account.IsMalicious);
        Assert.True(Areas([.. innocents.Accounts, .. heavy]).Single(area => area.Name == "volume").Area > HeavyAreaMax);
    }

    private static TrafficRecipe CampaignsOf(string name, int wanted)
    {
        Assert.True(BuiltInRecipes.TryGet(name, out var recipe));
        var campaigns = recipe.Groups.Where(group => group.Harvest is not null).ToArray();
        var factor = wanted / campaigns.Sum(group => group.Accounts * group.Harvest!.Harvesters);
        return WithVolume(
            recipe with
            {
                Groups =
                [
                    .. campaigns.Select(group => group with { Accounts = (int)Math.Ceiling(group.Accounts * factor) }),
                ],
            },
            VolumeShare);
    }

    private static TrafficRecipe WithVolume(TrafficRecipe recipe, double factor) => recipe with
    {
        Groups =
        [
            .. recipe.Groups.Select(group => group with
            {
                Volume = group.Volume with
                {
                    Median = group.Volume.Median * factor,
                    DailyMax = group.Volume.DailyMax * factor,
                },
            }),
        ],
    };

    private static IEnumerable<(string Name, double Area)> Areas(AccountFacts[] accounts)
    {
        var usual = accounts.Select(account => (account.Usual, account.IsMalicious)).ToArray();
        foreach (var name in usual[0].Usual.Keys)
        {
            yield return (name, AreaOfValues([.. usual.Select(item => (item.Usual[name], item.IsMalicious))]));
        }

        var numbers = accounts.Select(account => (account.Numbers, account.IsMalicious)).ToArray();
        foreach (var name in numbers.SelectMany(item => item.Numbers.Keys).Distinct())
        {
            yield return (name, AreaUnderCurve(
                numbers.Where(item => item.Numbers.ContainsKey(name))
                    .Select(item => (item.Numbers[name], item.IsMalicious))));
        }
    }

    // An account is judged by the share of malicious ones with its value, as learnt from the other half of accounts:
    // what is learnt from oneself by heart is no leak.
    private static double AreaOfValues((string Value, bool IsMalicious)[] accounts)
    {
        var judged = new List<(double, bool)>();
        foreach (var half in new[] { 0, 1 })
        {
            var learnt = accounts.Where((_, i) => i % 2 == half).ToArray();
            var malicious = (double)learnt.Count(item => item.IsMalicious);
            var counts = learnt.GroupBy(item => item.Value).ToDictionary(
                group => group.Key,
                group => (Malicious: group.Count(item => item.IsMalicious), All: group.Count()));
            judged.AddRange(accounts.Where((_, i) => i % 2 != half).Select(item =>
            {
                var (hits, all) = counts.GetValueOrDefault(item.Value);
                return ((hits + 1) / (all + (learnt.Length / malicious)), item.IsMalicious);
            }));
        }

        return AreaUnderCurve(judged);
    }

    /// <summary>Chance that a malicious account ranks above a benign one; ties count half.</summary>
    private static double AreaUnderCurve(IEnumerable<(double Score, bool IsMalicious)> ranked)
    {
        var (above, benignBelow, malicious) = (0.0, 0.0, 0.0);
        foreach (var group in ranked.GroupBy(item => item.Score).OrderBy(group => group.Key))
        {
            var hits = group.Count(item => item.IsMalicious);
            var benign = group.Count() - hits;
            above += hits * (benignBelow + (benign / 2.0));
            benignBelow += benign;
            malicious += hits;
        }

        return above / (malicious * benignBelow);
    }

    public sealed class Fixture
    {
        public Fixture()
        {
            Assert.True(BuiltInRecipes.TryGet("innocents", out var recipe));
            Accounts = AccountFacts.Play(WithVolume(recipe, VolumeShare), Seed, 0.02);
        }

        internal AccountFacts[] Accounts { get; }
    }
}
