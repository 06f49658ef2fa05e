namespace Sentinel.Simulation.Text;

/// <summary>From what a part of a template draws.</summary>
internal enum Binding : byte
{
    /// <summary>From the exchange: every mention differs.</summary>
    Free,

    /// <summary>From the turn: every mention of the slot in one text is the same (a person named twice).</summary>
    Turn,

    /// <summary>From the frame: the same in every exchange that uses the frame (a company's name).</summary>
    Frame,
}

/// <summary>The seeds that a text is drawn from.</summary>
/// <param name="Turn">Of this text.</param>
/// <param name="Frame">Of the frame: who wrote the standing part of the prompt.</param>
/// <param name="Captured">What fills the slot <c>captured</c>: someone's reply; null where there is none.</param>
internal readonly record struct TextSeeds(ulong Turn, ulong Frame, Utf8Buffer? Captured);

/// <summary>
/// A text with slots, compiled: rendering walks the parts and copies bytes. Immutable once its library is loaded, and
/// free of cycles (<see cref="PromptLibrary"/> checks), so rendering ends.
/// </summary>
internal sealed class TextTemplate(string source, TextPart[] parts)
{
    /// <summary>The text it was compiled from.</summary>
    public string Source { get; } = source;

    /// <summary>What it consists of, in order.</summary>
    public TextPart[] Parts { get; } = parts;

    /// <summary>All of it where it is a text without slots; else null.</summary>
    public string? Text { get; } = parts switch
    {
        [] => "",
        [{ Literal: { } literal }] => literal.Texts[0],
        _ => null,
    };

    /// <summary>Writes one drawing of the text.</summary>
    public void Render(ref Chance chance, in TextSeeds seeds, Utf8Buffer output)
    {
        foreach (var part in Parts)
        {
            part.Render(ref chance, in seeds, output);
        }
    }
}

/// <summary>One part of a template: a literal, a number, or options of which one or several are rendered.</summary>
internal sealed class TextPart
{
    private TextWords? _words;

    /// <summary>The one text of a fixed part; null for any other.</summary>
    public TextWords? Literal { get; init; }

    /// <summary>Whether a captured reply stands here, or its slot where there is none.</summary>
    public bool IsCaptured { get; init; }

    /// <summary>Name of the slot that a captured reply fills.</summary>
    public const string CapturedSlot = "captured";

    /// <summary>Name of the slot that gives the options, or null when they are given in place.</summary>
    public string? Slot { get; init; }

    /// <summary>What may be rendered; empty for literals and numbers. A slot's are filled in by the library.</summary>
    public TextTemplate[] Options
    {
        get;
        set
        {
            field = value;
            _words = TextWords.Of(value);
        }
    } = [];

    /// <summary>Lowest number, or fewest options rendered one after the other.</summary>
    public int Low { get; init; } = 1;

    /// <summary>Highest number, or most options rendered one after the other.</summary>
    public int High { get; init; } = 1;

    /// <summary>Where the chance comes from.</summary>
    public Binding Binding { get; init; }

    /// <summary>Tells bound parts of one frame or turn apart.</summary>
    public ulong BindingName { get; init; }

    /// <summary>Bytes put between repeated options.</summary>
    public byte[] Separator { get; set; } = [];

    /// <summary>Writes one drawing of the part.</summary>
    public void Render(ref Chance chance, in TextSeeds seeds, Utf8Buffer output)
    {
        if (Literal is { } literal)
        {
            literal.Write(0, output);
            return;
        }

        if (IsCaptured && seeds.Captured is { Length: > 0 } captured)
        {
            output.Add(captured.Span);
            return;
        }

        if (Binding == Binding.Free)
        {
            Draw(ref chance, in seeds, output);
            return;
        }

        var bound = new Chance(Chance.Derive(Binding == Binding.Turn ? seeds.Turn : seeds.Frame, BindingName));
        Draw(ref bound, in seeds, output);
    }

    private void Draw(ref Chance chance, in TextSeeds seeds, Utf8Buffer output)
    {
        if (Options.Length == 0)
        {
            output.Add(chance.Between(Low, High));
            return;
        }

        var count = Low == High ? Low : chance.Between(Low, High);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                output.Add(Separator);
            }

            if (_words is { } words)
            {
                words.Write(chance.Below(words.Count), output);
            }
            else
            {
                Options[chance.Below(Options.Length)].Render(ref chance, in seeds, output);
            }
        }
    }
}
