using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sentinel.Simulation.Recipes;

/// <summary>
/// The properties of one object of a recipe, read with checks. A mistake is reported, and reading goes on with a
/// harmless value, so that one look finds all mistakes.
/// </summary>
internal sealed partial class RecipeFields
{
    private readonly RecipeNode _node;
    private readonly List<RecipeFault> _faults;
    private readonly Dictionary<string, RecipeNode> _values = new(StringComparer.Ordinal);

    public RecipeFields(RecipeNode node, List<RecipeFault> faults)
    {
        (_node, _faults) = (node, faults);
        if (node.Kind != JsonValueKind.Object)
        {
            faults.Add(new RecipeFault(node.Path, node.Line, "must be an object"));
        }

        foreach (var (key, value) in node.Properties)
        {
            if (!_values.TryAdd(key, value))
            {
                faults.Add(new RecipeFault(value.Path, value.Line, "is given twice"));
            }
        }
    }

    /// <summary>Names of the properties, in the order of the file.</summary>
    public IEnumerable<string> Names => _node.Properties.Select(property => property.Key).Distinct();

    /// <summary>The value's name in a recipe: <c>SignupRoute</c> is <c>signup_route</c>.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => WordStart().Replace(value.ToString(), "_$0").ToLowerInvariant();

    public static string NamesOf<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(NameOf));

    public static bool TryName<T>(string name, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (NameOf(candidate) == name)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reports a mistake with a property, or with the object where it lacks the property.</summary>
    public void Report(string key, string problem)
    {
        var path = _node.Path.Length == 0 ? key : $"{_node.Path}.{key}";
        var line = _values.TryGetValue(key, out var value) ? value.Line : _node.Line;
        if (!_faults.Exists(fault => fault.Key == path && fault.Line == line))
        {
            _faults.Add(new RecipeFault(path, line, problem)); // What else is wrong with it follows from the first.
        }
    }

    public void AllowOnly(string[] keys)
    {
        foreach (var key in _values.Keys.Where(key => !keys.Contains(key, StringComparer.Ordinal)))
        {
            Report(key, "no such key here; known are " + string.Join(", ", keys));
        }
    }

    public string Text(string key)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            Report(key, "is missing");
            return "";
        }

        if (value.Kind != JsonValueKind.String || value.Text.Length is 0 or > 100)
        {
            Report(key, "must be a text of 1 to 100 characters");
        }

        return value.Text;
    }

    public string TextOr(string key, string absent) => _values.ContainsKey(key) ? Text(key) : absent;

    public double Number(string key, double least, double most)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            Report(key, "is missing");
            return least;
        }

        if (value.Kind != JsonValueKind.Number || !(value.Number >= least && value.Number <= most))
        {
            var given = value.Kind == JsonValueKind.Number
                ? ", is " + value.Number.ToString(CultureInfo.InvariantCulture)
                : "";
            Report(key, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}{given}"));
            return least;
        }

        return value.Number;
    }

    public double NumberOr(string key, double least, double most, double absent) =>
        _values.ContainsKey(key) ? Number(key, least, most) : absent;

    public double Whole(string key, double least, double most)
    {
        var number = Number(key, least, most);
        if (number != Math.Floor(number))
        {
            Report(key, "must be a whole number");
        }

        return number;
    }

    public double WholeOr(string key, double least, double most, double absent) =>
        _values.ContainsKey(key) ? Whole(key, least, most) : absent;

    public bool Flag(string key)
    {
        if (_values.TryGetValue(key, out var value) && value.Kind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Report(key, "must be true or false");
        }

        return value?.Kind == JsonValueKind.True;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    public T Choice<T>(string key, T wrong)
        where T : struct, Enum
    {
        if (TryName<T>(Text(key), out var value))
        {
            return value;
        }

        Report(key, "must be one of " + NamesOf<T>());
        return wrong;
    }

    /// <summary>One name, or several with their weights.</summary>
    public ImmutableArray<(T Value, double Weight)> Choices<T>(string key, T wrong)
        where T : struct, Enum
    {
        if (!_values.TryGetValue(key, out var value) || value.Kind != JsonValueKind.Object)
        {
            return [(Choice(key, wrong), 1)];
        }

        ImmutableArray<string> known = [.. Enum.GetValues<T>().Select(NameOf)];
        return
        [
            .. Weights(key, known).Select(item => (TryName<T>(item.Value, out var named) ? named : wrong, item.Weight)),
        ];
    }

    /// <summary>As <see cref="Weights"/>, or none where the key is absent.</summary>
    public ImmutableArray<WeightedName> WeightsOrNone(string key, ImmutableArray<string> known) =>
        _values.ContainsKey(key) ? Weights(key, known) : [];

    /// <summary>A number of accounts, or "all".</summary>
    public int CountOrAll(string key) =>
        _values[key] is { Kind: JsonValueKind.String, Text: "all" }
            ? int.MaxValue
            : (int)Whole(key, 2, TrafficRecipe.AccountsMax);

    public RecipeFields? Object(string key)
    {
        if (_values.TryGetValue(key, out var value))
        {
            return new RecipeFields(value, _faults);
        }

        Report(key, "is missing");
        return null;
    }

    public RecipeFields? ObjectOrNull(string key) =>
        _values.TryGetValue(key, out var value) ? new RecipeFields(value, _faults) : null;

    public IEnumerable<RecipeFields> Objects(string key, int itemsMax)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return [];
        }

        if (value.Kind != JsonValueKind.Array || value.Items.Count > itemsMax)
        {
            Report(key, $"must be a list of at most {itemsMax} objects");
        }

        return value.Items.Take(itemsMax).Select(item => new RecipeFields(item, _faults));
    }

    /// <summary>Names with their weights; where <paramref name="known"/> is not empty, only those names.</summary>
    public ImmutableArray<WeightedName> Weights(string key, ImmutableArray<string> known)
    {
        if (Object(key) is not { } mix)
        {
            return [];
        }

        var weights = ImmutableArray.CreateBuilder<WeightedName>();
        foreach (var name in mix.Names)
        {
            if (!known.IsEmpty && !known.Contains(name))
            {
                mix.Report(name, "unknown; known are " + string.Join(", ", known));
            }

            weights.Add(new WeightedName(name, mix.Number(name, 1e-6, 1e9)));
        }

        if (weights.Count == 0)
        {
            Report(key, "needs at least one name with its weight");
        }

        return weights.ToImmutable();
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
