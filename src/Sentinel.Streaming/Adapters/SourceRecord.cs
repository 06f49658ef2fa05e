using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Where a value stands in a record: names joined by dots, a number for an item of a list. Names below <c>headers</c>
/// are told apart without case.
/// </summary>
internal sealed class SourcePath
{
    private SourcePath(string text, ImmutableArray<string> names)
    {
        Text = text;
        Names = names;
    }

    /// <summary>The path as documents show it.</summary>
    public string Text { get; }

    /// <summary>The names on the way.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>A path through objects.</summary>
    public static SourcePath Nested(string text) => new(text, [.. text.Split('.')]);

    /// <summary>One name, whose dots are its own: an attribute.</summary>
    public static SourcePath Attribute(string text) => new(text, [text]);
}

/// <summary>
/// One record of a gateway. Bodies that it holds as text are opened when a path leads into them. Not thread-safe.
/// </summary>
internal sealed class SourceRecord(JsonDocument document) : IDisposable
{
    private readonly Dictionary<string, JsonDocument?> _inner = new(StringComparer.Ordinal);

    /// <summary>The record.</summary>
    public JsonElement Root => document.RootElement;

    /// <summary>Finds a value that says something: null is as good as missing.</summary>
    public bool TryFind(SourcePath path, out JsonElement value)
    {
        value = Root;
        var isHeader = false;
        for (var i = 0; i < path.Names.Length; i++)
        {
            if (value.ValueKind == JsonValueKind.String && !TryOpen(path, i, ref value))
            {
                return false;
            }

            if (!TryStep(value, path.Names[i], isHeader, out value))
            {
                return false;
            }

            isHeader = path.Names[i].EndsWith("headers", StringComparison.Ordinal);
        }

        return value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var inner in _inner.Values)
        {
            inner?.Dispose();
        }

        document.Dispose();
    }

    private bool TryOpen(SourcePath path, int depth, ref JsonElement value)
    {
        var key = string.Join('.', path.Names.AsSpan()[..depth]!);
        if (!_inner.TryGetValue(key, out var inner))
        {
            ForeignJson.TryOpenInner(value.GetString()!, out inner);
            _inner[key] = inner;
        }

        value = inner?.RootElement ?? default;
        return inner is not null;
    }

    private static bool TryStep(JsonElement from, string name, bool ignoreCase, out JsonElement value)
    {
        value = default;
        if (from.ValueKind == JsonValueKind.Array)
        {
            var isIndex = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
            value = isIndex && index < from.GetArrayLength() ? from[index] : default;
            return value.ValueKind != JsonValueKind.Undefined;
        }

        if (from.ValueKind != JsonValueKind.Object || from.TryGetProperty(name, out value))
        {
            return from.ValueKind == JsonValueKind.Object;
        }

        foreach (var property in ignoreCase ? from.EnumerateObject() : default)
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = property.Value;
                return true;
            }
        }

        return false;
    }
}
