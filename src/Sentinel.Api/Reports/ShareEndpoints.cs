using System.ComponentModel;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;
using Sentinel.Api.Security;
using Sentinel.Reports;
using Sentinel.Reports.Sharing;
using Sentinel.Storage.Sharing;

namespace Sentinel.Api.Reports;

/// <summary><c>/v1/shares</c> and <c>/v1/imports</c>.</summary>
internal static class ShareEndpoints
{
    private const int NoteMax = 1_000;
    private const int LimitDefault = 100;
    private const int ImportBytesMax = 16 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var shares = routes.MapGroup("/v1/shares").WithTags("Reports").WithStoreGate();
        shares.MapPost("/preview", PreviewAsync)
            .Says("PreviewShare", "What would a recipient be told?", "The STIX bundle as the recipient would get it, and how it differs "
                + "from what it was told before. Nothing leaves.")
            .Produces<SharePreview>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        shares.MapPost("/", ShareAsync)
            .Says("CreateShare", "Share a campaign", "Writes down that its STIX bundle leaves, and puts it into the recipient's TAXII "
                + "collection until it expires.")
            .Produces<SharedReportAnswer>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status404NotFound);
        shares.MapGet("/", ListAsync)
            .Says("ListShares", "What left?", "Every report that was given to a recipient, the latest first.")
            .Produces<SharedReportAnswer[]>();
        routes.MapPost("/v1/imports", ImportAsync).WithTags("Reports").WithStoreGate()
            .Says("ImportBundle", "Take in what others told", "Indicators become keys with a weight and an end. They are named in reports "
                + "and convict nobody.")
            .Produces<ImportAnswer>()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
    }

    private static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string name, string summary, string description) =>
        route.WithName(name).WithSummary(summary).WithDescription(description)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PreviewAsync(
        ShareRequest request, ReportEndpoints reports, SharingBook sharing, CancellationToken cancel)
    {
        if (await FindAsync(request, reports.Desk(), sharing, cancel) is not ({ } recipient, { } told, { } content, _))
        {
            return Wrong(request, sharing);
        }

        var bundle = Encoding.UTF8.GetString(content);
        var diff = BundleDiff.Of(
            await reports.Desk().Shares.FindBodyAsync(recipient.Name, request.Campaign, cancel), bundle);
        return Results.Ok(new SharePreview
        {
            Profile = recipient.Profile.Name,
            Changes = told.Handling.Changes,
            Bytes = content.Length,
            ExpiresAt = told.Handling.ExpiresAt,
            Added = diff.Added,
            Changed = diff.Changed,
            Removed = diff.Removed,
            Unchanged = diff.Unchanged,
            Bundle = bundle,
        });
    }

    private static async Task<IResult> ShareAsync(
        ShareRequest request, HttpContext http, ReportEndpoints reports, SharingBook sharing, CancellationToken cancel)
    {
        if (request.Note.Length > NoteMax)
        {
            return ApiProblem.Of(400, "bad_note", "The note is longer than 1,000 characters.");
        }

        var desk = reports.Desk();
        if (await FindAsync(request, desk, sharing, cancel) is not ({ } recipient, { } told, { } content, { } format))
        {
            return Wrong(request, sharing);
        }

        if (content.Length > ShareLog.BodyBytesMax)
        {
            return ApiProblem.Of(400, "too_large", $"The bundle has {content.Length} bytes, and {ShareLog.BodyBytesMax} may be shared: give the recipient a profile that tells less.");
        }

        var share = await desk.ShareAsync(
            recipient, request.Campaign, told, format, content, CallerGate.CallerOf(http), request.Note, canBeFetched: true,
            cancel);
        return Results.Json(SharedReportAnswer.Of(share), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(
        [Description("To whom; all when absent.")] string? recipient,
        [Description("Shares to show, 1 to 1,000; 100 when absent.")] int? limit,
        ReportEndpoints reports,
        CancellationToken cancel)
    {
        return PageLimit.TryTake(limit, LimitDefault, ShareLog.PageMax, out var rows, out var wrong)
            ? Results.Ok((await reports.Desk().Shares.ListAsync(recipient ?? "", rows, cancel)).Select(SharedReportAnswer.Of))
            : wrong;
    }

    private static async Task<IResult> ImportAsync(
        [Description("Who told; a source of the configuration.")] string source,
        HttpContext http, ReportEndpoints reports, SharingBook sharing, TimeProvider clock, CancellationToken cancel)
    {
        if (sharing.Sources.FirstOrDefault(item => item.Name == source) is not { } known)
        {
            return ApiProblem.Of(400, "no_such_source", "No source of this name is configured; Sharing:Sources of the settings names them.");
        }

        using var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (var read = 1; read > 0 && body.Length <= ImportBytesMax;)
        {
            read = await http.Request.Body.ReadAsync(buffer, cancel);
            body.Write(buffer.AsSpan(0, read));
        }

        if (body.Length > ImportBytesMax)
        {
            return ApiProblem.Of(413, "body_too_large", $"A bundle has at most {ImportBytesMax} bytes: send it in parts.");
        }

        var bytes = body.ToArray();
        if (!BundleReader.TryRead(bytes, known, clock.GetUtcNow(), out var reading, out var fault))
        {
            return ApiProblem.Of(400, "bad_bundle", fault);
        }

        var token = $"{source}-{clock.GetUtcNow().ToUnixTimeMilliseconds()}-{Digest.HexOf(bytes)}";
        await reports.Desk().ImportAsync(reading.Keys, token, cancel);
        return Results.Ok(new ImportAnswer { Keys = reading.Keys.Length, Ignored = reading.Ignored });
    }

    private static async Task<(Recipient? Recipient, IncidentReport? Told, byte[]? Content, ReportFormat? Format)> FindAsync(
        ShareRequest request, ReportDesk desk, SharingBook sharing, CancellationToken cancel)
    {
        if (sharing.FindRecipient(request.Recipient) is not { } recipient
            || await desk.FindAsync(request.Campaign, cancel) is not { } report)
        {
            return default;
        }

        var told = ReportDesk.For(recipient, report);
        _ = ReportFormat.TryFind("stix", out var format);
        using var content = new MemoryStream();
        format!.Write(told, content);
        return (recipient, told, content.ToArray(), format);
    }

    private static ProblemHttpResult Wrong(ShareRequest request, SharingBook sharing) => sharing.FindRecipient(request.Recipient) is null
        ? ApiProblem.Of(400, "no_such_recipient", "No recipient of this name is configured; Sharing:Recipients of the settings names them.")
        : ApiProblem.Of(404, "no_such_campaign", "There is no campaign with this id.");
}
