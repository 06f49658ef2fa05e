using System.Text.Json;

namespace Sentinel.Reports.Tests;

/// <summary>Checks events against the OCSF sources: classes, objects, profiles, dictionary, requirements, enumerations, constraints.</summary>
internal sealed class OcsfSchema
{
    private static readonly JsonElement Optional = JsonDocument.Parse("""{"requirement":"optional"}""").RootElement;

    private readonly string _folder;
    private readonly JsonElement _attributes;
    private readonly JsonElement _types;
    private readonly Dictionary<string, JsonElement> _files = new(StringComparer.Ordinal);

    public OcsfSchema(string folder)
    {
        _folder = folder;
        var dictionary = Load("dictionary.json");
        _attributes = dictionary.GetProperty("attributes");
        _types = dictionary.GetProperty("types").GetProperty("attributes");
    }

    public List<string> CheckEvent(string name, JsonElement value)
    {
        var faults = new List<string>();
        Check(ClassFile(name), value, name, faults);
        return faults;
    }

    private static string ClassFile(string name) => name == "base_event" ? "events/base_event.json" : $"events/findings/{name}.json";

    private JsonElement Load(string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            _files[path] = file = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, path))).RootElement;
        }

        return file;
    }

    // Attributes of a class or object with those that it extends and includes; what is nearer counts.
    private Dictionary<string, List<JsonElement>> AttributesOf(string path) // Of profiles too, which may always be used.
    {
        var found = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        Collect(path, found);
        return found;
    }

    private void Collect(string path, Dictionary<string, List<JsonElement>> found, bool isOfProfile = false)
    {
        var file = Load(path);
        if (file.TryGetProperty("attributes", out var attributes))
        {
            foreach (var item in attributes.EnumerateObject())
            {
                if (item.Name != "$include")
                {
                    found.TryAdd(item.Name, []);
                    found[item.Name].Add(isOfProfile ? Optional : item.Value);
                    continue;
                }

                foreach (var include in item.Value.EnumerateArray())
                {
                    var isProfile = include.GetString()!.StartsWith("profiles/", StringComparison.Ordinal);
                    Collect(include.GetString()!, found, isOfProfile || isProfile);
                }
            }
        }

        if (file.TryGetProperty("extends", out var parent))
        {
            Collect(path.StartsWith("events", StringComparison.Ordinal)
                ? ClassFile(parent.GetString()!) : $"objects/{parent.GetString()}.json", found);
        }
    }

    private void Check(string path, JsonElement value, string at, List<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{at} is no object");
            return;
        }

        var attributes = AttributesOf(path);
        foreach (var (name, rules) in attributes)
        {
            var required = rules.Select(static rule => rule.TryGetProperty("requirement", out var text) ? text.GetString() : null)
                .FirstOrDefault(static text => text is not null);
            if (required == "required" && !value.TryGetProperty(name, out _))
            {
                faults.Add($"{at} lacks {name}");
            }
        }

        if (Load(path).TryGetProperty("constraints", out var constraints)
            && constraints.TryGetProperty("at_least_one", out var one)
            && !one.EnumerateArray().Any(name => value.TryGetProperty(name.GetString()!, out _)))
        {
            faults.Add($"{at} has none of {one}");
        }

        foreach (var item in value.EnumerateObject())
        {
            if (attributes.TryGetValue(item.Name, out var rules))
            {
                CheckAttribute(item.Name, rules, item.Value, $"{at}.{item.Name}", faults);
            }
            else
            {
                faults.Add($"{at} has {item.Name}, which is not in {path}");
            }
        }
    }

    private void CheckAttribute(string name, List<JsonElement> rules, JsonElement value, string at, List<string> faults)
    {
        var entry = _attributes.GetProperty(name);
        if (entry.TryGetProperty("is_array", out var isArray) && isArray.GetBoolean())
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                faults.Add($"{at} is no array");
                return;
            }

            foreach (var (item, i) in value.EnumerateArray().Select(static (item, i) => (item, i)))
            {
                CheckValue(entry, rules, item, $"{at}[{i}]", faults);
            }

            return;
        }

        CheckValue(entry, rules, value, at, faults);
    }

    private void CheckValue(JsonElement entry, List<JsonElement> rules, JsonElement value, string at, List<string> faults)
    {
        var type = entry.GetProperty("type").GetString()!;
        if (!type.EndsWith("_t", StringComparison.Ordinal))
        {
            if (type != "object")
            {
                Check($"objects/{type}.json", value, at, faults);
            }

            return;
        }

        var root = type is "json_t" ? type : RootOf(type);
        var isRight = root switch
        {
            "string_t" => value.ValueKind == JsonValueKind.String,
            "integer_t" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            "long_t" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "float_t" => value.ValueKind == JsonValueKind.Number,
            "boolean_t" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "json_t" => true,
            _ => false,
        };
        if (!isRight)
        {
            faults.Add($"{at} is no {type}");
        }

        var names = rules.Append(entry).Where(static rule => rule.TryGetProperty("enum", out _))
            .SelectMany(static rule => rule.GetProperty("enum").EnumerateObject()).Select(static item => item.Name).ToHashSet();
        var isOfClass = at.EndsWith(".class_uid", StringComparison.Ordinal) || at.EndsWith(".category_uid", StringComparison.Ordinal)
            || at.EndsWith(".type_uid", StringComparison.Ordinal); // Their values follow from the class's own number.
        if (!isOfClass && names.Count > 0 && !names.Contains(value.ToString()))
        {
            faults.Add($"{at} is {value}, which is none of {string.Join(',', names)}");
        }
    }

    private string RootOf(string type) =>
        _types.GetProperty(type).TryGetProperty("type", out var parent) ? RootOf(parent.GetString()!) : type;
}
