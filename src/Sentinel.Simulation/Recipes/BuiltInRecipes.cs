using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Simulation.Recipes;

/// <summary>The recipes that come with the program.</summary>
public static class BuiltInRecipes
{
    private const string Prefix = "Recipes/";
    private const string Suffix = ".json";

    /// <summary>Their names, sorted.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. typeof(BuiltInRecipes).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The recipe of that name; false where there is none.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out TrafficRecipe? recipe)
    {
        if (Find(name) is not { } bytes)
        {
            recipe = null;
            return false;
        }

        if (!RecipeReader.TryRead(bytes, out recipe, out var faults))
        {
            // The file is part of the program: a mistake in it is a broken program.
            throw new InvalidDataException($"Built-in recipe '{name}': " + string.Join("; ", faults));
        }

        return true;
    }

    /// <summary>The file of that recipe; null where there is none.</summary>
    public static byte[]? Find(string name)
    {
        using var stream = typeof(BuiltInRecipes).Assembly.GetManifestResourceStream(Prefix + name + Suffix);
        if (stream is null)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
