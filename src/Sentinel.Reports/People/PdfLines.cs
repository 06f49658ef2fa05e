namespace Sentinel.Reports.People;

/// <summary>Breaks text into lines that fit.</summary>
internal static class PdfLines
{
    private const int LinesMax = 60;

    /// <summary>Lines of a text, broken at spaces, and within words that are too long for one; the rest is cut off.</summary>
    public static List<string> Break(string text, PdfFont font, double size, double width)
    {
        var lines = new List<string>();
        var line = string.Empty;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            while (rest.Length > 0 && lines.Count < LinesMax)
            {
                var tried = line.Length == 0 ? rest : line + " " + rest;
                if (font.WidthOf(tried, size) <= width)
                {
                    (line, rest) = (tried, string.Empty);
                }
                else if (line.Length > 0)
                {
                    lines.Add(line);
                    line = string.Empty;
                }
                else
                {
                    var fits = Fitting(rest, font, size, width);
                    lines.Add(rest[..fits]);
                    rest = rest[fits..];
                }
            }
        }

        if (lines.Count >= LinesMax)
        {
            lines[^1] += " …";
        }
        else if (line.Length > 0 || lines.Count == 0)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>As much of a text as fits on one line.</summary>
    public static string Fit(string text, PdfFont font, double size, double width) =>
        font.WidthOf(text, size) <= width ? text : text[..Fitting(text, font, size, width - size)] + "…";

    // Every character of the fonts is one UTF-16 unit: see PlainText.
    private static int Fitting(string text, PdfFont font, double size, double width)
    {
        var (least, most) = (1, text.Length);
        while (least < most)
        {
            var middle = (least + most + 1) / 2;
            (least, most) = font.WidthOf(text[..middle], size) <= width ? (middle, most) : (least, middle - 1);
        }

        return least;
    }
}
