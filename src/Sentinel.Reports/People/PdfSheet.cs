namespace Sentinel.Reports.People;

/// <summary>Sets text and pictures down a page and on to the next, tagged for readers aloud. Used by one thread.</summary>
internal sealed class PdfSheet
{
    private const double Margin = 50;
    private const double Foot = 46;

    private readonly PdfPages _pages;
    private readonly PaperSize _paper;
    private readonly string _header;
    private readonly string _label;

    public PdfSheet(PdfPages pages, PaperSize paper, string header, string label)
    {
        (_pages, _paper, _header, _label) = (pages, paper, header, label);
        AddPage();
    }

    /// <summary>Where the next thing goes, from the top.</summary>
    public double Y { get; private set; }

    public static double Left => Margin;

    public double Width => _paper.Width - (2 * Margin);

    private double Bottom => _paper.Height - Foot;

    public void AddPage()
    {
        const double Band = 26;
        _pages.AddPage();
        _pages.BeginArtifact();
        _pages.Rectangle(0, 0, _paper.Width, Band, Ink.Navy);
        _pages.Text(_header, Margin, 17, 8.5, isBold: false, Ink.White);
        _pages.Text(_label, _paper.Width - Margin, 17, 8.5, isBold: true, "#ffc000", TextSide.End);
        var number = _pages.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _pages.Text(number, _paper.Width - Margin, _paper.Height - 24, 8, isBold: false, Ink.Grey, TextSide.End);
        _pages.End();
        Y = 58;
    }

    /// <summary>Begins a page unless so much fits on this one.</summary>
    public void Need(double height)
    {
        if (Y + height > Bottom)
        {
            AddPage();
        }
    }

    public void Space(double height) => Y += height;

    /// <summary>A paragraph or heading over the whole width.</summary>
    public void Paragraph(string tag, string text, double size, bool isBold, string color, double indent = 0)
    {
        var lines = PdfLines.Break(PlainText.Printable(text), FontOf(isBold), size, Width - indent);
        Need(Math.Min(lines.Count, 2) * size * 1.45);
        _pages.Begin(tag);
        foreach (var line in lines)
        {
            if (Y + (size * 1.45) > Bottom)
            {
                _pages.End();
                AddPage();
                _pages.Begin(tag);
            }

            Y += size * 1.45;
            _pages.Text(line, Margin + indent, Y - (size * 0.3), size, isBold, color);
        }

        _pages.End();
    }

    /// <summary>A thin line under what was written.</summary>
    public void Rule()
    {
        _pages.BeginArtifact();
        _pages.Line(Margin, Y + 3, Margin + Width, Y + 3, 0.7, Ink.Line);
        _pages.End();
        Y += 7;
    }

    /// <summary>A rectangle behind what comes next.</summary>
    public void Panel(double x, double width, double height, string color)
    {
        _pages.BeginArtifact();
        _pages.Rectangle(x, Y, width, height, color);
        _pages.End();
    }

    /// <summary>One line at a place.</summary>
    public void Line(string tag, string text, double x, double y, double widthMax, double size, bool isBold, string color)
    {
        _pages.Begin(tag);
        _pages.Text(PdfLines.Fit(PlainText.Printable(text), FontOf(isBold), size, widthMax), x, y, size, isBold, color);
        _pages.End();
    }

    /// <summary>A picture over the whole width.</summary>
    public void Picture(Drawing drawing)
    {
        Need(drawing.Height + 8);
        _pages.Begin("Figure", PlainText.Of(drawing.Description));
        foreach (var shape in drawing.Shapes)
        {
            Draw(shape);
        }

        _pages.End();
        Y += drawing.Height + 8;
    }

    /// <summary>A row of a table; a new page begins with the head again.</summary>
    public void Row(IReadOnlyList<string> cells, IReadOnlyList<double> widths, bool isHead, Action? repeatHead)
    {
        const double Size = 8;
        const double Height = 11;
        var lines = cells.Select((cell, i) =>
            PdfLines.Break(PlainText.Printable(cell), FontOf(isHead), Size, (widths[i] * Width) - 10)).ToArray();
        var height = (lines.Max(static cell => cell.Count) * Height) + 5;
        if (Y + height > Bottom)
        {
            AddPage();
            repeatHead?.Invoke();
        }

        _pages.BeginArtifact();
        if (isHead)
        {
            _pages.Rectangle(Margin, Y, Width, height, Ink.Navy);
        }

        _pages.Line(Margin, Y + height, Margin + Width, Y + height, 0.5, Ink.Line);
        _pages.End();
        _pages.Begin("TR");
        var x = Margin;
        for (var i = 0; i < cells.Count; i++)
        {
            _pages.Begin(isHead ? "TH" : "TD");
            for (var line = 0; line < lines[i].Count; line++)
            {
                _pages.Text(
                    lines[i][line], x + 5, Y + ((line + 1) * Height) - 0.5, Size, isHead, isHead ? Ink.White : Ink.Text);
            }

            _pages.End();
            x += widths[i] * Width;
        }

        _pages.End();
        Y += height;
    }

    /// <summary>What follows, until <see cref="EndTable"/>, is one table.</summary>
    public void BeginTable() => _pages.Begin("Table");

    public void EndTable() => _pages.End();

    private static PdfFont FontOf(bool isBold) => isBold ? PdfFont.Bold : PdfFont.Regular;

    private void Draw(Shape shape)
    {
        switch (shape)
        {
            case Shape.Bar bar:
                _pages.Rectangle(Margin + bar.X, Y + bar.Y, bar.Width, bar.Height, bar.Color);
                break;
            case Shape.Dot dot:
                _pages.Circle(Margin + dot.X, Y + dot.Y, dot.Radius, dot.Color);
                break;
            case Shape.Stroke line:
                _pages.Line(Margin + line.X1, Y + line.Y1, Margin + line.X2, Y + line.Y2, line.Width, line.Color);
                break;
            case Shape.Label label:
                _pages.Text(
                    PdfLines.Fit(PlainText.Printable(label.Text), FontOf(label.IsBold), label.Size, label.WidthMax),
                    Margin + label.X, Y + label.Y, label.Size, label.IsBold, label.Color, label.Side);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "No such shape.");
        }
    }
}

/// <summary>A size of paper, in points.</summary>
internal readonly record struct PaperSize(double Width, double Height)
{
    public static PaperSize A4 => new(595.28, 841.89);

    public static PaperSize Letter => new(612, 792);
}
