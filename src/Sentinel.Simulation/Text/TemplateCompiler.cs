using System.Globalization;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Simulation.Text;

/// <summary>
/// Turns the source of a template into parts. <c>{name}</c> is a slot, <c>{name*2-5}</c> the slot that many times,
/// <c>{a|b}</c> one of the texts, <c>{#3-40}</c> a number; <c>=</c> after the brace binds the drawing to the turn and
/// <c>@</c> to the frame; <c>{{</c> and <c>}}</c> are braces. Texts may nest.
/// </summary>
internal static class TemplateCompiler
{
    /// <summary>Compiles; a mistake throws, since templates are part of the program.</summary>
    public static TextTemplate Compile(string source)
    {
        var parts = new List<TextPart>();
        var literal = new StringBuilder();
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c is '{' or '}' && i + 1 < source.Length && source[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = EndOf(source, i);
                AddLiteral(parts, literal);
                parts.Add(CompileBraces(source[(i + 1)..end], source));
                i = end;
            }
            else if (c == '}')
            {
                throw new InvalidDataException($"A brace closes nothing in '{source}'.");
            }
            else
            {
                literal.Append(c);
            }
        }

        AddLiteral(parts, literal);
        return new TextTemplate(source, [.. parts]);
    }

    private static void AddLiteral(List<TextPart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TextPart { Literal = new TextWords([literal.ToString()]) });
            literal.Clear();
        }
    }

    private static TextPart CompileBraces(string inner, string source)
    {
        var binding = inner.Length == 0 ? Binding.Free : inner[0] switch
        {
            '=' => Binding.Turn,
            '@' => Binding.Frame,
            _ => Binding.Free,
        };
        var body = binding == Binding.Free ? inner : inner[1..];
        var name = KeyHash.Of(body);
        if (body.StartsWith('#'))
        {
            var (low, high) = Range(body[1..], source);
            return new TextPart { Low = low, High = high, Binding = binding, BindingName = name };
        }

        var options = Split(body);
        if (options.Count > 1)
        {
            var templates = options.Select(Compile).ToArray();
            return new TextPart { Options = templates, Binding = binding, BindingName = name };
        }

        var star = body.IndexOf('*', StringComparison.Ordinal);
        var slot = star < 0 ? body : body[..star];
        if (slot.Length == 0 || slot.Any(c => c is not ((>= 'a' and <= 'z') or '_')))
        {
            throw new InvalidDataException($"'{{{inner}}}' is no slot, number or choice in '{source}'.");
        }

        var (least, most) = star < 0 ? (1, 1) : Range(body[(star + 1)..], source);
        return new TextPart
        {
            Slot = slot,
            IsCaptured = slot == TextPart.CapturedSlot,
            Low = least,
            High = most,
            Binding = binding,
            BindingName = name,
        };
    }

    private static (int Low, int High) Range(string text, string source)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0
            && int.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var low)
            && int.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var high)
            && low <= high)
        {
            return (low, high);
        }

        throw new InvalidDataException($"'{text}' is no range in '{source}'.");
    }

    private static int EndOf(string source, int start)
    {
        var depth = 0;
        for (var i = start; i < source.Length; i++)
        {
            depth += source[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new InvalidDataException($"A brace is not closed in '{source}'.");
    }

    private static List<string> Split(string body)
    {
        var options = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < body.Length; i++)
        {
            depth += body[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && body[i] == '|')
            {
                options.Add(body[start..i]);
                start = i + 1;
            }
        }

        options.Add(body[start..]);
        return options;
    }
}
