using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Sentinel.Simulation.Recipes;

/// <summary>
/// Reads recipes from JSON and finds all mistakes of one file together. A recipe may borrow from others:
/// <c>innocents</c> names the one whose populations, releases, start and length it takes, and <c>include</c> those
/// whose campaigns it takes, with a factor for their accounts.
/// </summary>
public static class RecipeReader
{
    /// <summary>Longest recipe file, in bytes.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    /// <summary>How deep recipes may borrow from recipes that borrow.</summary>
    public const int BorrowingMax = 4;

    private static readonly string[] RootKeys =
    [
        "name", "about", "starts_at", "days", "first_message_bytes", "innocents", "include", "releases", "populations",
        "campaigns",
    ];

    /// <summary>
    /// Reads a recipe that borrows from none but the program's; where false, <paramref name="faults"/> says what is
    /// wrong where.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TrafficRecipe? recipe, out ImmutableArray<RecipeFault> faults)
        => TryRead(utf8, BuiltInRecipes.Find, out recipe, out faults);

    /// <summary>
    /// Reads a recipe; <paramref name="find"/> gives the bytes of those that it borrows from, or null where there is
    /// none of that name.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8,
        Func<string, byte[]?> find,
        [NotNullWhen(true)] out TrafficRecipe? recipe,
        out ImmutableArray<RecipeFault> faults)
    {
        ArgumentNullException.ThrowIfNull(find);
        return TryRead(utf8, find, BorrowingMax, out recipe, out faults);
    }

    private static bool TryRead(
        ReadOnlySpan<byte> utf8,
        Func<string, byte[]?> find,
        int borrowingLeft,
        [NotNullWhen(true)] out TrafficRecipe? recipe,
        out ImmutableArray<RecipeFault> faults)
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
            recipe = ReadRoot(fields, find, borrowingLeft);
        }

        faults = [.. found.OrderBy(item => item.Line)];
        recipe = faults.IsEmpty ? recipe : null;
        return recipe is not null;
    }

    private static TrafficRecipe ReadRoot(RecipeFields root, Func<string, byte[]?> find, int borrowingLeft)
    {
        root.AllowOnly(RootKeys);
        var name = root.Text("name");
        var lender = root.Has("innocents")
            ? Borrow(root, "innocents", root.Text("innocents"), find, borrowingLeft)
            : null;
        var groups = ImmutableArray.CreateBuilder<TrafficGroup>();
        groups.AddRange(lender?.Groups.Where(static group => group.Harvest is null) ?? []);
        foreach (var (item, factor) in root.WeightsOrNone("include", []))
        {
            var included = Borrow(root, "include", item, find, borrowingLeft);
            groups.AddRange((included?.Groups ?? [])
                .Where(static group => group.Harvest is not null)
                .Select(group => group with { Accounts = Scaled(group.Accounts, factor) }));
        }

        ReadGroups(root, name, groups);
        return new TrafficRecipe
        {
            Name = name,
            About = root.TextOr("about", ""),
            StartsAt = lender is null || root.Has("starts_at") ? ReadStart(root) : lender.StartsAt,
            Days = lender is null || root.Has("days") ? root.Number("days", 0.01, TrafficRecipe.DaysMax) : lender.Days,
            FirstMessageBytes = root.NumberOr(
                "first_message_bytes", 0, TrafficRecipe.FirstMessageBytesMax,
                lender?.FirstMessageBytes ?? TrafficRecipe.FirstMessageBytesDefault),
            Releases = lender is null || root.Has("releases") ? ReadReleases(root) : lender.Releases,
            Groups = groups.ToImmutable(),
        };
    }

    private static void ReadGroups(RecipeFields root, string recipe, ImmutableArray<TrafficGroup>.Builder groups)
    {
        var names = groups.Select(static group => group.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count != groups.Count)
        {
            root.Report("include", "two of the groups that it borrows have one name");
        }

        foreach (var (list, isCampaign) in new[] { ("populations", false), ("campaigns", true) })
        {
            foreach (var item in root.Objects(list, TrafficRecipe.GroupsMax))
            {
                var group = GroupReader.Read(item, isCampaign) with { Recipe = recipe };
                groups.Add(group);
                if (!names.Add(group.Name))
                {
                    item.Report("name", $"'{group.Name}' is taken by another group");
                }
            }
        }

        if (groups.Count is 0 or > TrafficRecipe.GroupsMax)
        {
            root.Report("populations", $"a recipe has 1 to {TrafficRecipe.GroupsMax} populations and campaigns");
        }
    }

    private static TrafficRecipe? Borrow(
        RecipeFields root, string key, string name, Func<string, byte[]?> find, int borrowingLeft)
    {
        if (borrowingLeft == 0)
        {
            root.Report(key, $"recipes borrow from each other more than {BorrowingMax} deep");
            return null;
        }

        if (find(name) is not { } bytes)
        {
            root.Report(key, $"there is no recipe '{name}'; the program has " + string.Join(", ", BuiltInRecipes.Names));
            return null;
        }

        if (!TryRead(bytes, find, borrowingLeft - 1, out var recipe, out var faults))
        {
            root.Report(key, $"recipe '{name}', {faults[0]}");
        }

        return recipe;
    }

    private static int Scaled(int accounts, double factor) =>
        (int)Math.Clamp(Math.Round(accounts * factor), 1, TrafficRecipe.AccountsMax);

    private static ImmutableArray<ModelRelease> ReadReleases(RecipeFields root)
    {
        var releases = ImmutableArray.CreateBuilder<ModelRelease>();
        foreach (var item in root.Objects("releases", TrafficRecipe.ReleasesMax))
        {
            item.AllowOnly(["day", "model", "moves"]);
            releases.Add(new ModelRelease(
                item.Number("day", 0, TrafficRecipe.DaysMax), item.Text("model"), item.Number("moves", 0, 1)));
        }

        return [.. releases.OrderBy(static release => release.Day)];
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
