using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sentinel.Storage;

/// <summary>
/// A value for a placeholder <c>{name:Type}</c> of a statement. It travels beside the statement, never within it, so
/// it can only ever be a value.
/// </summary>
public readonly record struct SqlParameter
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\\\t\n\r\0\b\f'");

    private SqlParameter(string name, string wire)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Wire = wire;
    }

    /// <summary>Name of the placeholder.</summary>
    public string Name { get; }

    /// <summary>The value as ClickHouse reads parameters: one field of tab-separated text.</summary>
    public string Wire { get; }

    /// <summary>A text; any characters.</summary>
    public static SqlParameter Of(string name, string value) => new(name, Escape(value));

    /// <summary>A signed number.</summary>
    public static SqlParameter Of(string name, long value) =>
        new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>An unsigned number.</summary>
    public static SqlParameter Of(string name, ulong value) =>
        new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Texts, for a placeholder of type <c>Array(String)</c>: literals, which are read as they are.</summary>
    public static SqlParameter Of(string name, IEnumerable<string> values) =>
        new(name, $"[{string.Join(',', values.Select(static value => $"'{Escape(value)}'"))}]");

    /// <summary>A value that is on the wire already, for who passes it on.</summary>
    internal static SqlParameter OfWire(string name, string wire) => new(name, wire);

    private static string Escape(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().IndexOfAny(Special) < 0)
        {
            return value;
        }

        var text = new StringBuilder(value.Length + 8);
        foreach (var item in value)
        {
            _ = item switch
            {
                '\\' => text.Append(@"\\"),
                '\t' => text.Append(@"\t"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\0' => text.Append(@"\0"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                '\'' => text.Append(@"\'"),
                _ => text.Append(item),
            };
        }

        return text.ToString();
    }
}
