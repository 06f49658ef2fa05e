using System.Text.Json;

namespace Sentinel.Simulation.Recipes;

/// <summary>A mistake in a recipe.</summary>
/// <param name="Key">Path of the key, such as <c>campaigns[2].accounts</c>; empty for the file as a whole.</param>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Problem">What is wrong, and what would be right.</param>
public readonly record struct RecipeFault(string Key, int Line, string Problem)
{
    /// <inheritdoc />
    public override string ToString() => Key.Length == 0 ? $"line {Line}: {Problem}" : $"line {Line}: {Key}: {Problem}";
}

/// <summary>A JSON value that knows its line and path, so that a mistake found later can still be pointed at.</summary>
internal sealed class RecipeNode
{
    /// <summary>Nesting that a recipe may have.</summary>
    public const int DepthMax = 8;

    /// <summary>Where it stands, from the root.</summary>
    public required string Path { get; init; }

    /// <summary>Line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The kind of value.</summary>
    public required JsonValueKind Kind { get; init; }

    /// <summary>Text of a string.</summary>
    public string Text { get; init; } = "";

    /// <summary>Value of a number.</summary>
    public double Number { get; init; }

    /// <summary>Properties of an object in the order of the file.</summary>
    public List<(string Key, RecipeNode Value)> Properties { get; } = [];

    /// <summary>Items of an array.</summary>
    public List<RecipeNode> Items { get; } = [];

    /// <summary>Parses; comments and trailing commas are allowed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out RecipeNode? root, out RecipeFault fault)
    {
        (root, fault) = (null, default);
        var options = new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = DepthMax,
        };
        var reader = new Utf8JsonReader(utf8, options);
        var lines = new LineCounter(utf8);
        try
        {
            reader.Read();
            root = Read(ref reader, ref lines, "");
            reader.Read();
            return true;
        }
        catch (JsonException mistake)
        {
            fault = new RecipeFault("", (int)(mistake.LineNumber ?? 0) + 1, "this is no JSON: " + mistake.Message);
            return false;
        }
    }

    private static RecipeNode Read(ref Utf8JsonReader reader, ref LineCounter lines, string path)
    {
        var line = lines.At((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, ref lines, path, line);
            case JsonTokenType.StartArray:
                var array = new RecipeNode { Path = path, Line = line, Kind = JsonValueKind.Array };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(Read(ref reader, ref lines, $"{path}[{array.Items.Count}]"));
                }

                return array;
            case JsonTokenType.String:
                return new RecipeNode
                {
                    Path = path, Line = line, Kind = JsonValueKind.String, Text = reader.GetString()!,
                };
            case JsonTokenType.Number:
                return new RecipeNode
                {
                    Path = path, Line = line, Kind = JsonValueKind.Number, Number = reader.GetDouble(),
                };
            default:
                var kind = reader.TokenType switch
                {
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                return new RecipeNode { Path = path, Line = line, Kind = kind };
        }
    }

    private static RecipeNode ReadObject(ref Utf8JsonReader reader, ref LineCounter lines, string path, int line)
    {
        var node = new RecipeNode { Path = path, Line = line, Kind = JsonValueKind.Object };
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            node.Properties.Add((key, Read(ref reader, ref lines, path.Length == 0 ? key : $"{path}.{key}")));
        }

        return node;
    }

    /// <summary>Lines of offsets that only grow.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> utf8)
    {
        private readonly ReadOnlySpan<byte> _utf8 = utf8;
        private int _offset;
        private int _line = 1;

        public int At(int offset)
        {
            _line += _utf8[_offset..offset].Count((byte)'\n');
            _offset = offset;
            return _line;
        }
    }
}
