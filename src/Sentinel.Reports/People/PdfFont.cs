using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Sentinel.Reports.People;

/// <summary>A TrueType font that the assembly carries: widths, and which glyph a character has. Immutable.</summary>
internal sealed class PdfFont
{
    private readonly Dictionary<char, ushort> _glyphs;

    private PdfFont(string name, byte[] file)
    {
        (Name, File) = (name, file);
        var head = Table("head");
        UnitsPerEm = U16(head, 18);
        Box = [S16(head, 36), S16(head, 38), S16(head, 40), S16(head, 42)];
        var horizontal = Table("hhea");
        (Ascent, Descent) = (S16(horizontal, 4), S16(horizontal, 6));
        GlyphCount = U16(Table("maxp"), 4);
        Widths = ReadWidths(U16(horizontal, 34));
        _glyphs = ReadGlyphs();
    }

    /// <summary>The one for running text.</summary>
    public static PdfFont Regular { get; } = Load("DejaVuSansCondensed");

    /// <summary>The one for headings.</summary>
    public static PdfFont Bold { get; } = Load("DejaVuSansCondensed-Bold");

    /// <summary>Its PostScript name.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public byte[] File { get; }

    public int UnitsPerEm { get; }

    public int Ascent { get; }

    public int Descent { get; }

    public int GlyphCount { get; }

    public ImmutableArray<short> Box { get; }

    /// <summary>Width of every glyph, in units.</summary>
    public ImmutableArray<ushort> Widths { get; }

    /// <summary>Characters and their glyphs, in the order of the glyphs.</summary>
    public IEnumerable<(char Character, ushort Glyph)> Characters =>
        _glyphs.OrderBy(static pair => pair.Value).ThenBy(static pair => pair.Key).Select(static pair => (pair.Key, pair.Value));

    /// <summary>The glyph of a character; 0 where there is none.</summary>
    public ushort GlyphOf(char character) => _glyphs.GetValueOrDefault(character);

    /// <summary>Width of a text in points.</summary>
    public double WidthOf(string text, double size)
    {
        var units = 0L;
        foreach (var character in text)
        {
            units += Widths[GlyphOf(character)];
        }

        return units * size / UnitsPerEm;
    }

    private static PdfFont Load(string name)
    {
        using var stream = typeof(PdfFont).Assembly.GetManifestResourceStream($"fonts/{name}.ttf")
            ?? throw new InvalidOperationException($"The program carries no font {name}.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new PdfFont(name, file);
    }

    private ReadOnlySpan<byte> Table(string tag)
    {
        const int Entry = 16;
        var file = File.AsSpan();
        for (var i = 0; i < U16(file, 4); i++)
        {
            var entry = file.Slice(12 + (i * Entry), Entry);
            if (entry[..4].SequenceEqual(System.Text.Encoding.ASCII.GetBytes(tag)))
            {
                return file.Slice((int)U32(entry, 8), (int)U32(entry, 12));
            }
        }

        throw new InvalidOperationException($"The font {Name} has no table {tag}.");
    }

    private ImmutableArray<ushort> ReadWidths(int metrics)
    {
        var table = Table("hmtx");
        var widths = new ushort[GlyphCount];
        for (var i = 0; i < widths.Length; i++)
        {
            widths[i] = U16(table, 4 * Math.Min(i, metrics - 1)); // The last width holds for all that follow.
        }

        return [.. widths];
    }

    // Format 4 of the table `cmap`: segments of characters with either a difference or a list of glyphs.
    private Dictionary<char, ushort> ReadGlyphs()
    {
        var map = Segments(Table("cmap"));
        var count = U16(map, 6) / 2;
        var glyphs = new Dictionary<char, ushort>();
        for (var i = 0; i < count; i++)
        {
            var last = U16(map, 14 + (2 * i));
            var first = U16(map, 16 + (2 * (count + i)));
            var delta = U16(map, 16 + (2 * ((2 * count) + i)));
            var at = 16 + (2 * ((3 * count) + i));
            var range = U16(map, at);
            for (int character = first; character <= last && character < 0xFFFF; character++)
            {
                var listed = range == 0 ? (ushort)character : U16(map, at + range + (2 * (character - first)));
                var glyph = range != 0 && listed == 0 ? (ushort)0 : (ushort)(listed + delta);
                if (glyph != 0)
                {
                    glyphs[(char)character] = glyph;
                }
            }
        }

        return glyphs;
    }

    private static ReadOnlySpan<byte> Segments(ReadOnlySpan<byte> table)
    {
        for (var i = 0; i < U16(table, 2); i++)
        {
            var map = table[(int)U32(table, 8 + (8 * i))..];
            if (U16(map, 0) == 4)
            {
                return map;
            }
        }

        throw new InvalidOperationException("The font has no character map of format 4.");
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static short S16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt16BigEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
