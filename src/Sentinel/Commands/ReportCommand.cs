using System.Globalization;
using Sentinel.Api.Reports;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Serving;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Reports;
using Sentinel.Storage;
using Sentinel.Storage.Exports;
using Sentinel.Storage.Queries;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel report</c>: an incident report from a data folder, without a server.</summary>
internal sealed class ReportCommand(Screen screen, TimeProvider clock)
{
    private const string Period = "period";
    private const int PeriodDaysDefault = 30;

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(ReportRequest request)
    {
        var configuration = ServingProgram.ReadConfiguration();
        var options = ServingProgram.ReadOptions(configuration, urls: null, request.Data, role: null);
        var export = ExportOf(request.Format);
        if (export is null && !ReportFormat.TryFind(request.Format, out _))
        {
            throw CommandException.Usage($"--format: there is no format {request.Format}; see sentinel report --help");
        }

        using var stop = new StopSignal();
        var sharing = ReadSharing(configuration);
        await using var store = await OpenStore.OpenThereAsync(options.Data, stop.Token);
        var desk = new ReportDesk(store.ClickHouse, sharing, clock);
        using var file = OutputFile.Open(request.Out);
        try
        {
            await (export is { } table
                ? ExportAsync(request, table, desk, store.ClickHouse, file, stop.Token)
                : WriteAsync(request, desk, sharing, file, stop.Token));
        }
        catch (ClickHouseException cause)
        {
            throw CommandException.Failed($"the store did not answer: {cause.Message}", cause);
        }

        var bytes = file.Stream.CanSeek ? string.Create(CultureInfo.InvariantCulture, $"{file.Stream.Length:N0} bytes") : "the report";
        file.Complete();
        screen.Note($"wrote {bytes} to {request.Out}");
        return ExitCodes.Ok;
    }

    private async Task WriteAsync(
        ReportRequest request, ReportDesk desk, SharingBook sharing, OutputFile file, CancellationToken cancel)
    {
        var recipient = request.Recipient is null ? null : sharing.FindRecipient(request.Recipient)
            ?? throw CommandException.Usage($"--for: no recipient {request.Recipient} is configured");
        _ = ReportFormat.TryFind(request.Format, out var format);
        var report = request.Campaign == Period
            ? await desk.FindAsync(QueryOf(request), cancel)
            : await desk.FindAsync(request.Campaign, cancel) ?? throw NoSuchCampaign(request);
        var told = recipient is null ? report : ReportDesk.For(recipient, report);
        using var content = new MemoryStream();
        format!.Write(told, content);
        if (recipient is not null)
        {
            await desk.ShareAsync(
                recipient, request.Campaign, told, format, content.ToArray(), "command line", "sentinel report",
                canBeFetched: false, cancel);
        }

        content.Position = 0;
        await content.CopyToAsync(file.Stream, cancel);
    }

    private static async Task ExportAsync(
        ReportRequest request, ExportFormat format, ReportDesk desk, IClickHouse clickHouse, OutputFile file,
        CancellationToken cancel)
    {
        if (request.Recipient is not null)
        {
            throw CommandException.Usage("--for: tables hold what nothing was taken out of; they are written for nobody else");
        }

        if (request.Campaign == Period)
        {
            throw CommandException.Usage($"--format: {request.Format} is of one campaign; a period is written in the other formats");
        }

        if (!IncidentExport.TryFind(request.Table ?? "accounts", out var table))
        {
            throw CommandException.Usage("--table is accounts, exchanges or links");
        }

        if (await new CampaignReader(clickHouse).FindAsync(request.Campaign, cancel) is null)
        {
            throw NoSuchCampaign(request);
        }

        await desk.Tables.WriteAsync(table, format, request.Campaign, file.Stream, cancel);
    }

    private IncidentQuery QueryOf(ReportRequest request)
    {
        var until = TimeOf("--until", request.Until) ?? clock.GetUtcNow();
        var from = TimeOf("--from", request.From) ?? until.AddDays(-PeriodDaysDefault);
        return from < until
            ? new IncidentQuery(from, until, RiskMin: 0, Abuse: null)
            : throw CommandException.Usage("--from does not lie before --until");
    }

    private static DateTimeOffset? TimeOf(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw CommandException.Usage($"{option} is no time: {text}");
    }

    private static SharingBook ReadSharing(Microsoft.Extensions.Configuration.IConfiguration configuration)
    {
        try
        {
            return SharingBook.Read(configuration);
        }
        catch (InvalidDataException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
    }

    private static ExportFormat? ExportOf(string format) => format switch
    {
        "csv" => ExportFormat.Csv,
        "parquet" => ExportFormat.Parquet,
        "arrow" => ExportFormat.Arrow,
        _ => null,
    };

    private static CommandException NoSuchCampaign(ReportRequest request) =>
        CommandException.Usage($"there is no campaign {request.Campaign} in the data folder");
}
