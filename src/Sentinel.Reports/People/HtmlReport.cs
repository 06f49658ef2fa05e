using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Sentinel.Reports.People;

/// <summary>One page of HTML that needs nothing beside it: no script, no font, no address. Every text is encoded.</summary>
internal static class HtmlReport
{
    private const double PictureWidth = 680;

    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}
        body{margin:0;background:#e9eef2;color:#1c2733;font:15px/1.5 "Helvetica Neue",Arial,"Liberation Sans",sans-serif}
        main{max-width:800px;margin:24px auto;background:#fff;padding:0 60px 48px;box-shadow:0 1px 6px #0003}
        header{display:flex;justify-content:space-between;align-items:center;margin:0 -60px 28px;padding:14px 60px;background:#12263f;color:#fff;font-size:13px}
        .tlp{background:#000;color:#ffc000;font-weight:700;padding:2px 8px}
        h1{font-size:28px;line-height:1.2;margin:0 0 6px;color:#12263f}h2{font-size:18px;margin:30px 0 8px;color:#12263f;border-bottom:1px solid #c6d2dc;padding-bottom:4px}
        h3{font-size:15px;margin:22px 0 6px;color:#2f6690}p{margin:0 0 10px}.quiet{color:#5a6875;font-size:13px}
        .figures{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:20px 0}.figures div{background:#eef3f7;border-left:4px solid #2f6690;padding:10px 12px}
        .figures b{display:block;font-size:24px;color:#12263f}.figures span{font-size:12px;color:#5a6875}
        table{width:100%;border-collapse:collapse;font-size:13px;margin:8px 0 14px;table-layout:fixed}th{text-align:left;background:#12263f;color:#fff;padding:5px 8px}
        td{padding:4px 8px;border-bottom:1px solid #c6d2dc;vertical-align:top;overflow-wrap:anywhere}blockquote{margin:8px 0;padding:10px 14px;background:#eef3f7;border-left:4px solid #2f6690;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}
        figure{margin:8px 0 14px}svg{width:100%;height:auto;display:block}footer{margin-top:36px;border-top:1px solid #c6d2dc;padding-top:8px;font-size:12px;color:#5a6875}
        @page{margin:15mm}@media print{body{background:#fff;font-size:10.5pt}main{max-width:none;margin:0;padding:0;box-shadow:none}header{margin:0 0 18px;padding:8px 12px}
        header,.figures div,th,.tlp,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}.break{break-before:page}h2,h3{break-after:avoid}tr,figure{break-inside:avoid}thead{display:table-header-group}}
        """;

    public static void Write(IncidentReport report, Stream to)
    {
        using var html = new StreamWriter(to, new UTF8Encoding(false), bufferSize: 16_384, leaveOpen: true);
        var tlp = ReportWords.Of(report.Handling.Tlp);
        html.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.Write($"<title>{Text(report.Title)}</title>\n<style>{Style}</style>\n</head>\n<body>\n<main>\n");
        html.Write($"<header><span>Incident report</span><span class=\"tlp\">{Text(tlp)}</span></header>\n");
        foreach (var block in ReportPages.Of(report))
        {
            Write(html, block);
        }

        html.Write($"<footer>{Text(report.Id)} · {Text(tlp)} · use until {ReportWords.Day(report.Handling.ExpiresAt)}</footer>\n");
        html.Write("</main>\n</body>\n</html>\n");
    }

    /// <summary>A picture as SVG.</summary>
    public static string Svg(Drawing drawing)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {drawing.Width:0.#} {drawing.Height:0.#}\" role=\"img\" aria-label=\"");
        svg.Append(Text(drawing.Description)).Append("\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"Arial, 'Liberation Sans', sans-serif\">");
        foreach (var shape in drawing.Shapes)
        {
            Append(svg, shape);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Append(StringBuilder svg, Shape shape)
    {
        var c = CultureInfo.InvariantCulture;
        _ = shape switch
        {
            Shape.Bar bar => svg.Append(c, $"<rect x=\"{bar.X:0.##}\" y=\"{bar.Y:0.##}\" width=\"{bar.Width:0.##}\" height=\"{bar.Height:0.##}\" fill=\"{bar.Color}\"/>"),
            Shape.Dot dot => svg.Append(c, $"<circle cx=\"{dot.X:0.##}\" cy=\"{dot.Y:0.##}\" r=\"{dot.Radius:0.##}\" fill=\"{dot.Color}\"/>"),
            Shape.Stroke line => svg.Append(c, $"<path d=\"M{line.X1:0.##} {line.Y1:0.##}L{line.X2:0.##} {line.Y2:0.##}\" stroke=\"{line.Color}\" stroke-width=\"{line.Width:0.##}\"/>"),
            Shape.Label label => svg.Append(c, $"<text x=\"{label.X:0.##}\" y=\"{label.Y:0.##}\" font-size=\"{label.Size:0.#}\" fill=\"{label.Color}\" text-anchor=\"{AnchorOf(label.Side)}\"{(label.IsBold ? " font-weight=\"700\"" : "")}>")
                .Append(Text(label.Text)).Append("</text>"),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "No such shape."),
        };
    }

    private static void Write(StreamWriter html, ReportBlock block)
    {
        switch (block)
        {
            case ReportBlock.Heading heading:
                html.Write($"<h{heading.Level}>{Text(heading.Text)}</h{heading.Level}>\n");
                break;
            case ReportBlock.Paragraph paragraph:
                html.Write($"<p{(paragraph.IsQuiet ? " class=\"quiet\"" : "")}>{Text(paragraph.Text)}</p>\n");
                break;
            case ReportBlock.Quotation quotation:
                html.Write($"<blockquote>{Text(quotation.Text)}</blockquote>\n");
                break;
            case ReportBlock.Figures figures:
                html.Write("<div class=\"figures\">");
                foreach (var (number, caption) in figures.Items)
                {
                    html.Write($"<div><b>{Text(number)}</b><span>{Text(caption)}</span></div>");
                }

                html.Write("</div>\n");
                break;
            case ReportBlock.Picture picture:
                html.Write($"<figure>{Svg(picture.Draw(PictureWidth))}</figure>\n");
                break;
            case ReportBlock.Bullets bullets:
                html.Write("<ul>");
                foreach (var text in bullets.Texts)
                {
                    html.Write($"<li>{Text(text)}</li>");
                }

                html.Write("</ul>\n");
                break;
            case ReportBlock.Table table:
                WriteTable(html, table);
                break;
            case ReportBlock.Break:
                html.Write("<div class=\"break\"></div>\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block), block, "No such block.");
        }
    }

    private static void WriteTable(StreamWriter html, ReportBlock.Table table)
    {
        html.Write("<table><colgroup>");
        foreach (var width in table.Widths)
        {
            html.Write(string.Create(CultureInfo.InvariantCulture, $"<col style=\"width:{width * 100:0.#}%\">"));
        }

        html.Write("</colgroup><thead><tr>");
        foreach (var cell in table.Head)
        {
            html.Write($"<th scope=\"col\">{Text(cell)}</th>");
        }

        html.Write("</tr></thead><tbody>");
        foreach (var row in table.Rows)
        {
            html.Write("<tr>");
            foreach (var cell in row)
            {
                html.Write($"<td>{Text(cell)}</td>");
            }

            html.Write("</tr>\n");
        }

        html.Write("</tbody></table>\n");
    }

    private static string AnchorOf(TextSide side) => side switch
    {
        TextSide.Start => "start",
        TextSide.Middle => "middle",
        _ => "end",
    };

    // Marks that turn the direction of what follows are shown as what they are.
    private static string Text(string text) => HtmlEncoder.Default.Encode(PlainText.Of(text));
}
