using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sentinel.Reports.Tests;

/// <summary>
/// Checks JSON against schemas in files: the keywords that the published STIX schemas use. A keyword that it does not know
/// fails the test rather than pass everything.
/// </summary>
internal sealed class JsonSchema(string folder)
{
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$id", "$schema", "title", "description", "definitions", "format", "default", "$comment", "examples",
    };

    private readonly Dictionary<string, JsonElement> _files = new(StringComparer.Ordinal);

    public List<string> Check(string file, JsonElement value)
    {
        var faults = new List<string>();
        Check(Load(Path.Combine(folder, file)), Path.Combine(folder, file), value, "", faults);
        return faults;
    }

    private JsonElement Load(string path)
    {
        path = Path.GetFullPath(path);
        if (!_files.TryGetValue(path, out var schema))
        {
            _files[path] = schema = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        }

        return schema;
    }

    private bool IsValid(JsonElement schema, string file, JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, file, value, "", faults);
        return faults.Count == 0;
    }

    private void Check(JsonElement schema, string file, JsonElement value, string at, List<string> faults)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            Need(schema.ValueKind == JsonValueKind.True, "nothing is allowed");
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var rule = keyword.Value;
            switch (keyword.Name)
            {
                case "$ref":
                    Follow(rule.GetString()!);
                    break;
                case "type":
                    var types = rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Select(Text) : [Text(rule)];
                    Need(types.Any(type => IsOf(type, value)), $"is no {rule}");
                    break;
                case "enum":
                    Need(rule.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)), $"is none of {rule}");
                    break;
                case "const":
                    Need(JsonElement.DeepEquals(rule, value), $"is not {rule}");
                    break;
                case "pattern" when value.ValueKind == JsonValueKind.String:
                    Need(Regex.IsMatch(Text(value), Text(rule), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)), $"does not match {rule}");
                    break;
                case "minLength" when value.ValueKind == JsonValueKind.String:
                    Need(Text(value).Length >= rule.GetInt32(), "is too short");
                    break;
                case "maxLength" when value.ValueKind == JsonValueKind.String:
                    Need(Text(value).Length <= rule.GetInt32(), "is too long");
                    break;
                case "minimum" when value.ValueKind == JsonValueKind.Number:
                    Need(value.GetDouble() >= rule.GetDouble(), "is too small");
                    break;
                case "maximum" when value.ValueKind == JsonValueKind.Number:
                    Need(value.GetDouble() <= rule.GetDouble(), "is too large");
                    break;
                case "minItems" when value.ValueKind == JsonValueKind.Array:
                    Need(value.GetArrayLength() >= rule.GetInt32(), "has too few items");
                    break;
                case "minProperties" when value.ValueKind == JsonValueKind.Object:
                    Need(value.EnumerateObject().Count() >= rule.GetInt32(), "has too few properties");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    foreach (var name in rule.EnumerateArray())
                    {
                        Need(value.TryGetProperty(Text(name), out _), $"lacks {name}");
                    }

                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var property in rule.EnumerateObject())
                    {
                        if (value.TryGetProperty(property.Name, out var item))
                        {
                            Check(property.Value, file, item, $"{at}/{property.Name}", faults);
                        }
                    }

                    break;
                case "patternProperties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var (pattern, item) in from pattern in rule.EnumerateObject()
                        from item in value.EnumerateObject()
                        where Regex.IsMatch(item.Name, pattern.Name, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5))
                        select (pattern.Value, item))
                    {
                        Check(pattern, file, item.Value, $"{at}/{item.Name}", faults);
                    }

                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var item in value.EnumerateObject().Where(item => !IsNamed(schema, item.Name)))
                    {
                        Check(rule, file, item.Value, $"{at}/{item.Name}", faults);
                    }

                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (item, i) in value.EnumerateArray().Select(static (item, i) => (item, i)))
                    {
                        Check(rule, file, item, $"{at}/{i}", faults);
                    }

                    break;
                case "contains" when value.ValueKind == JsonValueKind.Array:
                    Need(value.EnumerateArray().Any(item => IsValid(rule, file, item)), "does not contain what it must");
                    break;
                case "allOf":
                    foreach (var part in rule.EnumerateArray())
                    {
                        Check(part, file, value, at, faults);
                    }

                    break;
                case "anyOf":
                    Need(rule.EnumerateArray().Any(part => IsValid(part, file, value)), "is none of anyOf");
                    break;
                case "oneOf":
                    Need(rule.EnumerateArray().Count(part => IsValid(part, file, value)) == 1, "is not exactly one of oneOf");
                    break;
                case "not":
                    Need(!IsValid(rule, file, value), "is what it must not be");
                    break;
                case "if":
                    if (IsValid(rule, file, value) && schema.TryGetProperty("then", out var then))
                    {
                        Check(then, file, value, at, faults);
                    }

                    break;
                case "then" or "pattern" or "minLength" or "maxLength" or "minimum" or "maximum" or "minItems"
                    or "minProperties" or "required" or "properties" or "patternProperties" or "additionalProperties"
                    or "items" or "contains":
                    break; // About other types of value, or seen to above.
                default:
                    Need(Annotations.Contains(keyword.Name), $"the schema says {keyword.Name}, which is not understood");
                    break;
            }
        }

        void Need(bool isSo, string otherwise)
        {
            if (!isSo)
            {
                faults.Add($"{at} {otherwise}");
            }
        }

        void Follow(string reference)
        {
            var parts = reference.Split('#');
            var other = parts[0].Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, parts[0]);
            var target = Load(other);
            foreach (var name in (parts.Length > 1 ? parts[1] : "").Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                target = target.GetProperty(name);
            }

            Check(target, other, value, at, faults);
        }
    }

    private static bool IsNamed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out var patterns) && patterns.EnumerateObject().Any(pattern =>
            Regex.IsMatch(name, pattern.Name, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5))));

    private static string Text(JsonElement value) => value.GetString()!;

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type."),
    };
}
