using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Sentinel.Contract.Tests;

/// <summary>What <c>src/ARCHITECTURE.md</c> names is there.</summary>
public sealed partial class ArchitectureDocumentTests
{
    [Fact]
    public void Document_NamesOnlyTypesAndMembersThatExist()
    {
        var document = File.ReadAllText(Repository.PathOf("src/ARCHITECTURE.md"));
        var types = KnownTypes();
        var named = Quoted().Matches(document).Select(match => match.Groups[1].Value)
            .Where(name => Name().IsMatch(name))
            .Distinct()
            .ToArray();
        var missing = named.Where(name => !Exists(name, types)).ToArray();
        Assert.NotEmpty(named);
        Assert.True(missing.Length == 0, $"src/ARCHITECTURE.md names what is not there: {string.Join(", ", missing)}");
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    // A type, or a type and its member, perhaps with type arguments or parentheses.
    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*(<[A-Za-z, ]+>)?(\(\))?$")]
    private static partial Regex Name();

    private static bool Exists(string name, Dictionary<string, HashSet<string>> types)
    {
        var plain = name.Split('<', '(')[0];
        var parts = plain.Split('.');
        return types.ContainsKey(parts[^1])
            || (parts.Length > 1 && types.TryGetValue(parts[^2], out var members) && members.Contains(parts[^1]))
            || Directory.Exists(Repository.PathOf("src/" + plain)); // A project: `Sentinel.Detection`.
    }

    // By name: every type of the program and of what it stands on, with the names of its members.
    private static Dictionary<string, HashSet<string>> KnownTypes()
    {
        var types = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        foreach (var path in trusted.Split(Path.PathSeparator))
        {
            using var file = new PEReader(File.OpenRead(path));
            if (file.HasMetadata)
            {
                AddTypes(file.GetMetadataReader(), types);
            }
        }

        return types;
    }

    private static void AddTypes(MetadataReader reader, Dictionary<string, HashSet<string>> types)
    {
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            var name = reader.GetString(type.Name).Split('`')[0];
            if (!types.TryGetValue(name, out var members))
            {
                types[name] = members = new HashSet<string>(StringComparer.Ordinal);
            }

            var names = type.GetMethods().Select(member => reader.GetMethodDefinition(member).Name)
                .Concat(type.GetFields().Select(member => reader.GetFieldDefinition(member).Name))
                .Concat(type.GetProperties().Select(member => reader.GetPropertyDefinition(member).Name));
            members.UnionWith(names.Select(reader.GetString));
        }
    }
}
