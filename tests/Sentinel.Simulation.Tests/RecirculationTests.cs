using System.Text;
using System.Text.Json;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

public sealed class RecirculationTests
{
    private const string Cleaner = """
        {"name": "cleaner", "starts_at": "2026-10-05T00:00:00Z", "days": 2, "campaigns": [{
          "name": "clean", "abuse_type": "synthetic_data", "accounts": 12, "texts": {"chat": 1},
          "harvest": {"texts": {"trace_cleaning": 1}, "frames": 2, "recirculates": 1},
          "a_day": {"median": 80, "max": 1000}, "rhythm": "steady", "traits": {"language": {"en": 1}}
        }]}
        """;

    [Fact]
    public void Play_Recirculating_GivesOutputsOfOtherAccountsBackIn()
    {
        Assert.True(RecipeReader.TryRead(Encoding.UTF8.GetBytes(Cleaner), out var recipe, out _));
        var played = Played.Of(recipe, seed: 4, scale: 1);

        // An answer is told in full where its conversation went on.
        var answers = played.Exchanges
            .Where(line => Messages(line).GetArrayLength() == 3)
            .Select(line => (Account: Played.AccountOf(line), Text: Text(line, 1)))
            .ToArray();
        var openings = played.Exchanges
            .Where(line => Messages(line).GetArrayLength() == 1)
            .Select(line => (Account: Played.AccountOf(line), Text: Text(line, 0)))
            .ToArray();
        var returned = answers.Count(answer => openings.Any(opening =>
            opening.Account != answer.Account && opening.Text.Contains(answer.Text, StringComparison.Ordinal)));
        Assert.True(answers.Length > 50, $"{answers.Length} answers");
        Assert.True(returned > answers.Length / 4, $"{returned} of {answers.Length} came back");
    }

    private static JsonElement Messages(JsonElement line) => line.GetProperty("request").GetProperty("messages");

    private static string Text(JsonElement line, int message) =>
        Messages(line)[message].GetProperty("content").GetString()!;
}
