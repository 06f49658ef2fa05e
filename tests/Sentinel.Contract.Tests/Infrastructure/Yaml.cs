using YamlDotNet.RepresentationModel;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>Reads YAML files, and ways into them.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file; anchors and merges are resolved.</summary>
    public static List<YamlMappingNode> Documents(string relative) =>
        Parse(File.ReadAllText(Repository.PathOf(relative)));

    public static List<YamlMappingNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        foreach (var document in stream.Documents)
        {
            Merge(document.RootNode);
        }

        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>The node at a path of keys and list positions, or null.</summary>
    public static YamlNode? Find(this YamlNode node, params string[] path)
    {
        YamlNode? at = node;
        foreach (var step in path)
        {
            at = at switch
            {
                YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(step), out var child) ? child : null,
                YamlSequenceNode list when int.TryParse(step, out var i) && i < list.Children.Count => list[i],
                _ => null,
            };
        }

        return at;
    }

    /// <summary>The text at a path.</summary>
    public static string? Text(this YamlNode node, params string[] path) => (node.Find(path) as YamlScalarNode)?.Value;

    /// <summary>The entries of the mapping at a path; none when there is none.</summary>
    public static IEnumerable<(string Key, YamlNode Value)> Entries(this YamlNode node, params string[] path) =>
        node.Find(path) is YamlMappingNode map
            ? map.Children.Select(pair => (((YamlScalarNode)pair.Key).Value!, pair.Value))
            : [];

    /// <summary>The items of the list at a path; none when there is none.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode node, params string[] path) =>
        node.Find(path) is YamlSequenceNode list ? list.Children : [];

    /// <summary>Every node of a tree.</summary>
    public static IEnumerable<YamlNode> All(this YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(pair => pair.Value.All()).Prepend(node),
        YamlSequenceNode list => list.Children.SelectMany(item => item.All()).Prepend(node),
        _ => [node],
    };

    // What a mapping says itself wins over what it merges.
    private static void Merge(YamlNode node)
    {
        if (node is YamlMappingNode map && map.Children.Remove(new YamlScalarNode("<<"), out var merged))
        {
            Merge(merged);
            foreach (var (key, value) in ((YamlMappingNode)merged).Children)
            {
                map.Children.TryAdd(key, value);
            }
        }

        foreach (var child in node switch
        {
            YamlMappingNode parent => parent.Children.Values,
            YamlSequenceNode list => list.Children,
            _ => Enumerable.Empty<YamlNode>(),
        })
        {
            Merge(child);
        }
    }
}
