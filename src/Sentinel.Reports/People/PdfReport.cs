namespace Sentinel.Reports.People;

/// <summary>The report as PDF pages, tagged, with its fonts in it.</summary>
internal static class PdfReport
{
    public static void Write(IncidentReport report, PaperSize paper, Stream to)
    {
        var pages = new PdfPages(paper.Width, paper.Height);
        var sheet = new PdfSheet(pages, paper, "Incident report", ReportWords.Of(report.Handling.Tlp));
        foreach (var block in ReportPages.Of(report))
        {
            Set(sheet, block);
        }

        pages.Save(to, PlainText.Of(report.Title), PlainText.Of(report.Handling.Publisher), report.WrittenAt);
    }

    private static void Set(PdfSheet sheet, ReportBlock block)
    {
        switch (block)
        {
            case ReportBlock.Heading heading:
                Set(sheet, heading);
                break;
            case ReportBlock.Paragraph paragraph:
                sheet.Paragraph(
                    "P", paragraph.Text, paragraph.IsQuiet ? 8.5 : 10, isBold: false,
                    paragraph.IsQuiet ? Ink.Grey : Ink.Text);
                sheet.Space(5);
                break;
            case ReportBlock.Quotation quotation:
                sheet.Paragraph("P", quotation.Text, 9, isBold: false, Ink.Blue, indent: 14);
                sheet.Space(6);
                break;
            case ReportBlock.Figures figures:
                Set(sheet, figures);
                break;
            case ReportBlock.Picture picture:
                sheet.Space(3);
                sheet.Picture(picture.Draw(sheet.Width));
                break;
            case ReportBlock.Bullets bullets:
                foreach (var text in bullets.Texts)
                {
                    sheet.Paragraph("P", "• " + text, 9.5, isBold: false, Ink.Text, indent: 8);
                    sheet.Space(2);
                }

                break;
            case ReportBlock.Table table:
                void Head() => sheet.Row(table.Head, table.Widths, isHead: true, repeatHead: null);
                sheet.Need(48);
                sheet.BeginTable();
                Head();
                foreach (var row in table.Rows)
                {
                    sheet.Row(row, table.Widths, isHead: false, Head);
                }

                sheet.EndTable();
                sheet.Space(8);
                break;
            case ReportBlock.Break:
                sheet.AddPage();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block), block, "No such block.");
        }
    }

    private static void Set(PdfSheet sheet, ReportBlock.Heading heading)
    {
        var (tag, size, color) = heading.Level switch
        {
            1 => ("H1", 21.0, Ink.Navy),
            2 => ("H2", 13.0, Ink.Navy),
            _ => ("H3", 10.5, Ink.Blue),
        };
        sheet.Space(heading.Level == 1 ? 0 : 8);
        sheet.Need(size + 60);
        sheet.Paragraph(tag, heading.Text, size, isBold: true, color);
        sheet.Space(heading.Level == 3 ? 3 : 0);
        if (heading.Level == 2)
        {
            sheet.Rule();
        }
    }

    private static void Set(PdfSheet sheet, ReportBlock.Figures figures)
    {
        const double Gap = 10;
        const double Height = 50;
        sheet.Space(8);
        sheet.Need(Height + 10);
        var width = (sheet.Width - (Gap * (figures.Items.Length - 1))) / figures.Items.Length;
        for (var i = 0; i < figures.Items.Length; i++)
        {
            var x = PdfSheet.Left + (i * (width + Gap));
            sheet.Panel(x, width, Height, Ink.Pale);
            sheet.Panel(x, 3, Height, Ink.Blue);
            sheet.Line("P", figures.Items[i].Number, x + 12, sheet.Y + 25, width - 16, 18, isBold: true, Ink.Navy);
            sheet.Line("P", figures.Items[i].Caption, x + 12, sheet.Y + 40, width - 16, 8, isBold: false, Ink.Grey);
        }

        sheet.Space(Height + 10);
    }
}
