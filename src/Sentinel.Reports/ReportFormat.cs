using System.Collections.Immutable;
using System.Text;
using Sentinel.Reports.People;
using Sentinel.Reports.Siem;
using Sentinel.Reports.Stix;

namespace Sentinel.Reports;

/// <summary>A format of reports.</summary>
/// <param name="Name">Its name on the command line and in addresses.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Extension">Extension of its files.</param>
public sealed record ReportFormat(string Name, string MediaType, string Extension)
{
    private readonly Action<IncidentReport, Stream> _write = static (_, _) => { };

    private ReportFormat(string name, string mediaType, string extension, Action<IncidentReport, Stream> write)
        : this(name, mediaType, extension) => _write = write;

    /// <summary>All formats.</summary>
    public static ImmutableArray<ReportFormat> All { get; } =
    [
        new("json", "application/json", "json", ReportJson.Write),
        new("stix", "application/stix+json;version=2.1", "stix.json",
            static (report, to) => ReportJson.Write(StixBundle.Of(report), to)),
        new("ocsf", "application/x-ndjson", "ocsf.ndjson",
            static (report, to) => ReportJson.WriteLines(OcsfFindings.Of(report), to)),
        new("ecs", "application/x-ndjson", "ecs.ndjson",
            static (report, to) => ReportJson.WriteLines(EcsDocuments.Of(report), to)),
        new("hec", "application/json", "hec.json",
            static (report, to) => ReportJson.WriteLines(SplunkEvents.Of(report), to)),
        new("cef", "text/plain; charset=utf-8", "cef", WriteCef),
        new("html", "text/html; charset=utf-8", "html", HtmlReport.Write),
        new("pdf", "application/pdf", "pdf", static (report, to) => PdfReport.Write(report, PaperSize.A4, to)),
        new("pdf-letter", "application/pdf", "pdf",
            static (report, to) => PdfReport.Write(report, PaperSize.Letter, to)),
    ];

    /// <summary>The format of a name; false for no format.</summary>
    public static bool TryFind(string name, out ReportFormat? format)
    {
        format = All.FirstOrDefault(item => item.Name == name);
        return format is not null;
    }

    /// <summary>Writes a report.</summary>
    public void Write(IncidentReport report, Stream to)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(to);
        _write(report, to);
    }

    private static void WriteCef(IncidentReport report, Stream to)
    {
        foreach (var line in CefLines.Of(report))
        {
            to.Write(Encoding.UTF8.GetBytes(line));
            to.WriteByte((byte)'\n');
        }
    }
}
