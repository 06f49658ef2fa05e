using System.Collections.Immutable;
using System.Text.Json;

namespace Sentinel.Reports.Sharing;

/// <summary>What a bundle says beyond, and no longer, and otherwise than one before it.</summary>
/// <param name="Added">Ids of objects that are new.</param>
/// <param name="Removed">Ids of objects that are gone.</param>
/// <param name="Changed">Ids of objects that differ in more than when they were written.</param>
/// <param name="Unchanged">How many are the same.</param>
public sealed record BundleDiff(
    ImmutableArray<string> Added, ImmutableArray<string> Removed, ImmutableArray<string> Changed, int Unchanged)
{
    // What every writing changes, whatever it is about.
    private static readonly ImmutableArray<string> Times = ["modified", "valid_until", "published"];

    /// <summary>Holds two bundles against each other; the first may be null. Both are of this program.</summary>
    public static BundleDiff Of(string? before, string after)
    {
        ArgumentNullException.ThrowIfNull(after);
        using var old = before is null ? null : JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(after);
        var was = old is null ? [] : ObjectsOf(old);
        var isNow = ObjectsOf(now);
        var changed = isNow.Where(pair => was.TryGetValue(pair.Key, out var other) && !IsSame(pair.Value, other))
            .Select(static pair => pair.Key).Order(StringComparer.Ordinal).ToImmutableArray();
        var added = isNow.Keys.Except(was.Keys).Order(StringComparer.Ordinal).ToImmutableArray();
        return new BundleDiff(
            added, [.. was.Keys.Except(isNow.Keys).Order(StringComparer.Ordinal)], changed,
            isNow.Count - added.Length - changed.Length);
    }

    private static Dictionary<string, JsonElement> ObjectsOf(JsonDocument bundle) =>
        bundle.RootElement.GetProperty("objects").EnumerateArray()
            .ToDictionary(static item => item.GetProperty("id").GetString()!, StringComparer.Ordinal);

    private static bool IsSame(JsonElement one, JsonElement other)
    {
        var left = Lasting(one);
        var right = Lasting(other);
        return left.Count == right.Count
            && left.All(pair => right.TryGetValue(pair.Key, out var value) && JsonElement.DeepEquals(pair.Value, value));
    }

    private static Dictionary<string, JsonElement> Lasting(JsonElement item) => item.EnumerateObject()
        .Where(static property => !Times.Contains(property.Name))
        .ToDictionary(static property => property.Name, static property => property.Value, StringComparer.Ordinal);
}
