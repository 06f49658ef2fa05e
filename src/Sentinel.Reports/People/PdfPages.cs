using System.Globalization;
using System.Text;

namespace Sentinel.Reports.People;

/// <summary>Pages that are drawn on and tagged for readers aloud. Coordinates in points from the upper left. One thread.</summary>
internal sealed class PdfPages
{
    private readonly PdfFile _file = new();
    private readonly List<Page> _pages = [];
    private readonly Element _root = new("Document", null, null);
    private readonly double _width;
    private readonly double _height;
    private Element? _open;
    private bool _isArtifact;
    private bool _isMarked;

    public PdfPages(double width, double height) => (_width, _height) = (width, height);

    public int Count => _pages.Count;

    private StringBuilder Content => _pages[^1].Content;

    public void AddPage() => _pages.Add(new Page(_file.Reserve()));

    /// <summary>What is drawn next is a part of the text, of this kind.</summary>
    public void Begin(string tag, string? description = null)
    {
        EndMark();
        _open = new Element(tag, description, _open ?? _root);
        _open.Parent!.Kids.Add(_open);
    }

    /// <summary>What is drawn next says nothing: lines, grounds, page numbers.</summary>
    public void BeginArtifact()
    {
        EndMark();
        _isArtifact = true;
    }

    public void End()
    {
        EndMark();
        if (_isArtifact)
        {
            _isArtifact = false;
            return;
        }

        _open = _open!.Parent == _root ? null : _open.Parent;
    }

    public void Rectangle(double x, double y, double width, double height, string color)
    {
        Mark();
        Append($"{Color(color)} rg {x:0.##} {_height - y - height:0.##} {width:0.##} {height:0.##} re f\n");
    }

    public void Line(double x1, double y1, double x2, double y2, double width, string color)
    {
        Mark();
        Append($"{Color(color)} RG {width:0.##} w {x1:0.##} {_height - y1:0.##} m {x2:0.##} {_height - y2:0.##} l S\n");
    }

    public void Circle(double x, double y, double radius, string color)
    {
        const double Round = 0.5523; // Where a cubic curve comes closest to a quarter of a circle.
        Mark();
        var (cy, c) = (_height - y, radius * Round);
        Append($"{Color(color)} rg {x + radius:0.##} {cy:0.##} m ");
        Append($"{x + radius:0.##} {cy + c:0.##} {x + c:0.##} {cy + radius:0.##} {x:0.##} {cy + radius:0.##} c ");
        Append($"{x - c:0.##} {cy + radius:0.##} {x - radius:0.##} {cy + c:0.##} {x - radius:0.##} {cy:0.##} c ");
        Append($"{x - radius:0.##} {cy - c:0.##} {x - c:0.##} {cy - radius:0.##} {x:0.##} {cy - radius:0.##} c ");
        Append($"{x + c:0.##} {cy - radius:0.##} {x + radius:0.##} {cy - c:0.##} {x + radius:0.##} {cy:0.##} c f\n");
    }

    /// <summary>A text with its base line at <paramref name="y"/>.</summary>
    public void Text(string text, double x, double y, double size, bool isBold, string color, TextSide side = TextSide.Start)
    {
        var font = isBold ? PdfFont.Bold : PdfFont.Regular;
        var width = side == TextSide.Start ? 0 : font.WidthOf(text, size);
        var left = x - (side == TextSide.End ? width : side == TextSide.Middle ? width / 2 : 0);
        Mark();
        Append($"BT {Color(color)} rg /{(isBold ? "B" : "R")} {size:0.##} Tf {left:0.##} {_height - y:0.##} Td <");
        foreach (var character in text)
        {
            Append($"{font.GlyphOf(character):X4}");
        }

        Content.Append("> Tj ET\n");
    }

    public void Save(Stream to, string title, string author, DateTimeOffset at)
    {
        var tree = _file.Reserve();
        var pages = _file.Reserve();
        var fonts = PdfFile.Text($"/R {FontOf(PdfFont.Regular)} 0 R /B {FontOf(PdfFont.Bold)} 0 R");
        for (var i = 0; i < _pages.Count; i++)
        {
            var content = _file.AddStream(Encoding.ASCII.GetBytes(_pages[i].Content.ToString()));
            _file.Set(_pages[i].Number, PdfFile.Text(
                $"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 {_width:0.##} {_height:0.##}] /Contents {content} 0 R ")
                + PdfFile.Text($"/Resources << /Font << {fonts} >> >> /StructParents {i} /Tabs /S >>"));
        }

        _file.Set(pages, PdfFile.Text($"<< /Type /Pages /Count {_pages.Count} /Kids [")
            + string.Join(' ', _pages.Select(static page => PdfFile.Text($"{page.Number} 0 R"))) + "] >>");
        var root = Write(_root, tree);
        var parents = string.Join(' ', _pages.Select((page, i) => PdfFile.Text($"{i} [")
            + string.Join(' ', page.Marks.Select(static mark => PdfFile.Text($"{mark.Number} 0 R"))) + "]"));
        var parentTree = _file.Add($"<< /Nums [{parents}] >>");
        _file.Set(tree, PdfFile.Text(
            $"<< /Type /StructTreeRoot /K [{root} 0 R] /ParentTree {parentTree} 0 R /ParentTreeNextKey {_pages.Count} >>"));
        var catalog = _file.Add(PdfFile.Text($"<< /Type /Catalog /Pages {pages} 0 R /StructTreeRoot {tree} 0 R ")
            + "/MarkInfo << /Marked true >> /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>");
        var made = at.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var info = _file.Add(
            $"<< /Title {PdfFile.TextString(title)} /Author {PdfFile.TextString(author)} /CreationDate (D:{made}Z) >>");
        _file.Save(to, catalog, info);
    }

    private static string Color(string color) => string.Join(' ', new[] { color[1..3], color[3..5], color[5..7] }.Select(
        static part => (Convert.ToInt32(part, 16) / 255.0).ToString("0.###", CultureInfo.InvariantCulture)));

    private void Append(FormattableString text) => Content.Append(FormattableString.Invariant(text));

    private void Mark()
    {
        if (_isMarked)
        {
            return;
        }

        _isMarked = true;
        if (_isArtifact || _open is null)
        {
            Content.Append("/Artifact BMC\n");
            return;
        }

        var page = _pages[^1];
        Append($"/{_open.Tag} << /MCID {page.Marks.Count} >> BDC\n");
        _open.Marks.Add((page.Number, page.Marks.Count));
        page.Marks.Add(_open);
    }

    private void EndMark()
    {
        if (_isMarked)
        {
            Content.Append("EMC\n");
            _isMarked = false;
        }
    }

    // The element's number; those that it holds come after it.
    private int Write(Element element, int parent)
    {
        element.Number = _file.Reserve();
        var kids = element.Kids.Select(kid => PdfFile.Text($"{Write(kid, element.Number)} 0 R"))
            .Concat(element.Marks.Select(static mark =>
                PdfFile.Text($"<< /Type /MCR /Pg {mark.Page} 0 R /MCID {mark.Id} >>")));
        var description = element.Description is { } text ? $" /Alt {PdfFile.TextString(text)}" : "";
        _file.Set(element.Number, PdfFile.Text($"<< /Type /StructElem /S /{element.Tag} /P {parent} 0 R")
            + description + " /K [" + string.Join(' ', kids) + "] >>");
        return element.Number;
    }

    private int FontOf(PdfFont font)
    {
        double Scale(int units) => units * 1000.0 / font.UnitsPerEm;
        var file = _file.AddStream(font.File, PdfFile.Text($"/Length1 {font.File.Length} "));
        var box = string.Join(' ', font.Box.Select(value => Scale(value).ToString("0", CultureInfo.InvariantCulture)));
        var descriptor = _file.Add(PdfFile.Text(
            $"<< /Type /FontDescriptor /FontName /{font.Name} /Flags 32 /ItalicAngle 0 /StemV 80 /FontBBox [{box}] ")
            + PdfFile.Text($"/Ascent {Scale(font.Ascent):0} /Descent {Scale(font.Descent):0} /CapHeight 729 /FontFile2 {file} 0 R >>"));
        var widths = string.Join(' ', font.Widths.Select(width => Scale(width).ToString("0.#", CultureInfo.InvariantCulture)));
        var inner = _file.Add(PdfFile.Text(
            $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{font.Name} /CIDToGIDMap /Identity /FontDescriptor {descriptor} 0 R ")
            + "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W [0 [" + widths + "]] >>");
        var unicode = _file.AddStream(Encoding.ASCII.GetBytes(ToUnicode(font)));
        return _file.Add(PdfFile.Text(
            $"<< /Type /Font /Subtype /Type0 /BaseFont /{font.Name} /Encoding /Identity-H /DescendantFonts [{inner} 0 R] /ToUnicode {unicode} 0 R >>"));
    }

    // Which character a glyph is, for those who search or copy.
    private static string ToUnicode(PdfFont font)
    {
        const int BlockMax = 100;
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n");
        map.Append("/CMapName /Own-UCS def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
        foreach (var block in font.Characters.DistinctBy(static pair => pair.Glyph).Chunk(BlockMax))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach (var (character, glyph) in block)
            {
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{(int)character:X4}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end\n").ToString();
    }

    private sealed class Page(int number)
    {
        public int Number { get; } = number;

        public StringBuilder Content { get; } = new();

        public List<Element> Marks { get; } = [];
    }

    private sealed class Element(string tag, string? description, Element? parent)
    {
        public string Tag { get; } = tag;

        public string? Description { get; } = description;

        public Element? Parent { get; } = parent;

        public List<Element> Kids { get; } = [];

        public List<(int Page, int Id)> Marks { get; } = [];

        public int Number { get; set; }
    }
}
