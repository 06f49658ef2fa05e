using System.Text;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

public sealed class RecipeReaderTests
{
    private const string Good = """
        {
          "name": "small",
          "starts_at": "2026-01-01T00:00:00Z",
          "days": 1,
          "populations": [
            {
              "name": "people", "class": "benign_chat",
              "accounts": 10,
              "texts": {"chat": 1},
              "a_day": {"median": 5, "spread": 1, "max": 50},
              "rhythm": "waking",
              "shared": {"payment": 5},
              "traits": {"country": {"DE": 1}}
            }
          ],
          "campaigns": [
            {
              "name": "harvest",
              "abuse_type": "synthetic_data",
              "accounts": 5,
              "harvest": {"texts": {"data_writing": 1}, "frames": 1},
              "texts": {"chat": 1},
              "a_day": {"median": 5, "max": 50},
              "rhythm": "waves"
            }
          ]
        }
        """;

    public static TheoryData<string, string, string, int> Mistakes => new()
    {
        { "\"days\": 1", "\"days\": 0", "days", 4 },
        { "\"days\": 1", "\"weeks\": 1, \"days\": 1", "weeks", 4 },
        { "2026-01-01T00:00:00Z", "yesterday", "starts_at", 3 },
        { "\"accounts\": 10", "\"accounts\": 1.5", "populations[0].accounts", 8 },
        { "\"accounts\": 10", "\"accounts\": \"ten\"", "populations[0].accounts", 8 },
        { "\"accounts\": 10,", "", "populations[0].accounts", 6 },
        {
            "\"accounts\": 10,\n      \"texts\": {\"chat\"",
            "\"accounts\": 10,\n      \"texts\": {\"cat\"",
            "populations[0].texts.cat",
            9
        },
        { "\"spread\": 1, \"max\": 50", "\"spread\": 1, \"max\": -1", "populations[0].a_day.max", 10 },
        { "\"waking\"", "\"sleepy\"", "populations[0].rhythm", 11 },
        { "{\"payment\": 5}", "{\"shoe_size\": 5}", "populations[0].shared.shoe_size", 12 },
        { "{\"DE\": 1}", "{\"Germany\": 1}", "populations[0].traits.country.Germany", 13 },
        { "\"name\": \"harvest\"", "\"name\": \"people\"", "campaigns[0].name", 18 },
        { "synthetic_data", "evil", "campaigns[0].abuse_type", 19 },
        { "\"frames\": 1}", "\"frames\": 1, \"frames\": 2}", "campaigns[0].harvest.frames", 21 },
        { "\"rhythm\": \"waves\"", "\"rhythm\": \"waves\", \"harvesters\": 2", "campaigns[0].harvesters", 24 },
        { "\"rhythm\": \"waves\"", "\"rhythm\": {\"sleepy\": 1}", "campaigns[0].rhythm.sleepy", 24 },
        { "\"median\": 5, \"max\"", "\"max\"", "campaigns[0].a_day.median", 23 },
        { "\"median\": 5, \"max\"", "\"mean\": 60, \"max\"", "campaigns[0].a_day.mean", 23 },
        {
            "\"rhythm\": \"waves\"",
            "\"rhythm\": \"waves\", \"hides\": {\"camouflage\": 2}",
            "campaigns[0].hides.camouflage",
            24
        },
        { "\"days\": 1", "\"days\": 1, \"innocents\": \"nobody\"", "innocents", 4 },
        { "\"days\": 1", "\"days\": 1, \"include\": {\"none\": 1}", "include", 4 },
    };

    [Fact]
    public void TryRead_Good_ReadsEverything()
    {
        Assert.True(RecipeReader.TryRead(Encoding.UTF8.GetBytes(Good), out var recipe, out var faults));
        Assert.Empty(faults);
        Assert.Equal(2, recipe.Groups.Length);
        Assert.Equal(5, recipe.Groups[0].Shared[SharedKey.Payment]);
        Assert.Equal(Rhythm.Waves, Assert.Single(recipe.Groups[1].Rhythms).Rhythm);
        Assert.Equal(1, recipe.Groups[1].Harvest!.Frames);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void TryRead_Mistake_NamesKeyAndLine(string right, string wrong, string key, int line)
    {
        var text = Good.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);
        Assert.False(RecipeReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out var faults));
        Assert.Contains(faults, fault => fault.Key == key && fault.Line == line);
    }

    [Fact]
    public void TryRead_SeveralMistakes_FindsAllAtOnce()
    {
        var text = Good.Replace("\"days\": 1", "\"days\": 0", StringComparison.Ordinal)
            .Replace("\"waking\"", "\"sleepy\"", StringComparison.Ordinal);
        Assert.False(RecipeReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out var faults));
        Assert.Equal([4, 11], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void TryRead_KeyMissing_IsToldOnce()
    {
        var text = Good.Replace("\"rhythm\": \"waking\",", "", StringComparison.Ordinal);
        Assert.False(RecipeReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out var faults));
        Assert.Equal(new RecipeFault("populations[0].rhythm", 6, "is missing"), Assert.Single(faults));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("[]", 1)]
    [InlineData("{\n  \"name\": nonsense\n}", 2)]
    [InlineData("{} {}", 1)]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}", 1)]
    public void TryRead_NoRecipeAtAll_SaysWhere(string text, int line)
    {
        Assert.False(RecipeReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out var faults));
        Assert.Equal(line, faults[0].Line);
    }

    [Fact]
    public void TryRead_Borrowing_TakesInnocentsAndCampaigns()
    {
        const string Text = """
            {"name": "mixed", "innocents": "lender", "include": {"lender": 0.4}}
            """;
        var lender = Encoding.UTF8.GetBytes(Good);
        Assert.True(RecipeReader.TryRead(
            Encoding.UTF8.GetBytes(Text), name => name == "lender" ? lender : null, out var recipe, out _));
        Assert.Equal(("mixed", 1.0), (recipe.Name, recipe.Days));
        Assert.Equal([10, 2], recipe.Groups.Select(group => group.Accounts));
        Assert.All(recipe.Groups, group => Assert.Equal("small", group.Recipe));
    }

    [Fact]
    public void TryRead_BorrowingFromItself_EndsWithAMistake()
    {
        var circle = Encoding.UTF8.GetBytes("""{"name": "circle", "innocents": "circle"}""");
        Assert.False(RecipeReader.TryRead(circle, _ => circle, out _, out var faults));
        Assert.Contains("deep", faults[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void OfMean_HeldAtTheLimit_KeepsTheMean()
    {
        var volume = VolumeModel.OfMean(26, 1.8, 300);
        var chance = new Chance(4);
        var mean = Enumerable.Range(0, 100_000)
            .Average(_ => Math.Min(chance.LogNormal(volume.Median, volume.Spread), volume.DailyMax));
        Assert.InRange(mean, 25, 27);
    }

    [Fact]
    public void TryGet_BuiltIns_AllRead()
    {
        Assert.Contains("demo", BuiltInRecipes.Names);
        Assert.All(BuiltInRecipes.Names, name => Assert.True(BuiltInRecipes.TryGet(name, out _)));
        Assert.False(BuiltInRecipes.TryGet("none", out _));
    }
}
