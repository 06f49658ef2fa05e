using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Sentinel.Simulation.Recipes;

/// <summary>Reads recipes from JSON and finds all mistakes of one file together.</summary>
public static class RecipeReader
{
    /// <summary>Longest recipe file, in bytes.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private static readonly string[] RootKeys = ["name", "starts_at", "days", "populations", "campaigns"];

    /// <summary>Reads a recipe; where false, <paramref name="faults"/> says what is wrong where.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TrafficRecipe? recipe, out ImmutableArray<RecipeFault> faults)
    {
        recipe = null;
        if (utf8.Length > BytesMax)
        {
            faults = [new RecipeFault("", 1, $"a recipe has at most {BytesMax} bytes")];
            return false;
        }

        if (!RecipeNode.TryParse(utf8, out var root, out var fault))
        {
            faults = [fault];
            return false;
        }

        var found = new List<RecipeFault>();
        var fields = new RecipeFields(root!, found);
        if (root!.Kind == JsonValueKind.Object)
        {
            recipe = ReadRoot(fields);
        }

        faults = [.. found.OrderBy(item => item.Line)];
        recipe = faults.IsEmpty ? recipe : null;
        return recipe is not null;
    }

    private static TrafficRecipe ReadRoot(RecipeFields root)
    {
        root.AllowOnly(RootKeys);
        var groups = ImmutableArray.CreateBuilder<TrafficGroup>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (list, isCampaign) in new[] { ("populations", false), ("campaigns", true) })
        {
            foreach (var item in root.Objects(list, TrafficRecipe.GroupsMax))
            {
                var group = GroupReader.Read(item, isCampaign);
                groups.Add(group);
                if (!names.Add(group.Name))
                {
                    item.Report("name", $"'{group.Name}' is taken by another group");
                }
            }
        }

        if (groups.Count == 0)
        {
            root.Report("populations", "a recipe needs at least one population or campaign");
        }

        return new TrafficRecipe
        {
            Name = root.Text("name"),
            StartsAt = ReadStart(root),
            Days = root.Number("days", 0.01, TrafficRecipe.DaysMax),
            Groups = groups.ToImmutable(),
        };
    }

    private static DateTimeOffset ReadStart(RecipeFields root)
    {
        var text = root.Text("starts_at");
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(
            text, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, Utc, out var startsAt))
        {
            return startsAt;
        }

        root.Report("starts_at", $"must be a UTC time like 2026-10-05T00:00:00Z, is '{text}'");
        return default;
    }
}
