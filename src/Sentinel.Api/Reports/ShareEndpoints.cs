using System.ComponentModel;
using System.Security.Cryptography;
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

/// <summary>A campaign that is to be shared.</summary>
internal sealed record ShareRequest
{
    [Description("The campaign.")]
    public required string Campaign { get; init; }

    [Description("To whom; a recipient of the configuration.")]
    public required string Recipient { get; init; }

    [Description("Why; at most 1,000 characters.")]
    public string Note { get; init; } = "";
}

/// <summary>What sharing would tell, held against what was told before.</summary>
internal sealed record SharePreview
{
    [Description("The profile that it goes through.")]
    public required string Profile { get; init; }

    [Description("What the profile hashes, shortens, coarsens and leaves out.")]
    public required IReadOnlyList<string> Changes { get; init; }

    [Description("Bytes of the bundle.")]
    public required int Bytes { get; init; }

    [Description("When it would expire.")]
    public required DateTimeOffset ExpiresAt { get; init; }

    [Description("Ids of STIX objects that this recipient was not told of.")]
    public required IReadOnlyList<string> Added { get; init; }

    [Description("Ids of objects that it was told otherwise.")]
    public required IReadOnlyList<string> Changed { get; init; }

    [Description("Ids of objects that it was told and that are no longer so.")]
    public required IReadOnlyList<string> Removed { get; init; }

    [Description("How many objects are as they were told.")]
    public required int Unchanged { get; init; }

    [Description("The bundle itself.")]
    public required string Bundle { get; init; }
}

/// <summary>What came of an import.</summary>
internal sealed record ImportAnswer
{
    [Description("Keys that were taken in.")]
    public required int Keys { get; init; }

    [Description("Indicators in another pattern, or expired, or revoked.")]
    public required int Ignored { get; init; }
}

/// <summary><c>/v1/shares</c> and <c>/v1/imports</c>.</summary>
internal static class ShareEndpoints
{
    private const int NoteMax = 1_000;
    private const int LimitDefault = 100;
    private const int ImportBytesMax = 16 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var shares = routes.MapGroup("/v1/shares").WithStoreGate().ExcludeFromDescription();
        shares.MapPost("/preview", PreviewAsync).WithName("PreviewShare");
        shares.MapPost("/", ShareAsync).WithName("CreateShare");
        shares.MapGet("/", ListAsync).WithName("ListShares");
        routes.MapPost("/v1/imports", ImportAsync).WithName("ImportBundle").WithStoreGate().ExcludeFromDescription();
    }

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
            return ApiProblem.Of(400, "too_large", "The bundle is larger than may be shared.");
        }

        var share = await desk.ShareAsync(
            recipient, request.Campaign, told, format, content, CallerGate.CallerOf(http), request.Note, canBeFetched: true,
            cancel);
        return Results.Json(share, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(
        [Description("To whom; all when absent.")] string? recipient,
        [Description("Shares to show, 1 to 1,000; 100 when absent.")] int? limit,
        ReportEndpoints reports,
        CancellationToken cancel)
    {
        var rows = limit ?? LimitDefault;
        return rows is < 1 or > ShareLog.PageMax
            ? ApiProblem.Of(400, "bad_limit", $"limit is a number from 1 to {ShareLog.PageMax}.")
            : Results.Ok(await reports.Desk().Shares.ListAsync(recipient ?? "", rows, cancel));
    }

    private static async Task<IResult> ImportAsync(
        [Description("Who told; a source of the configuration.")] string source,
        HttpContext http, ReportEndpoints reports, SharingBook sharing, TimeProvider clock, CancellationToken cancel)
    {
        if (sharing.Sources.FirstOrDefault(item => item.Name == source) is not { } known)
        {
            return ApiProblem.Of(400, "no_such_source", "No source of this name is configured.");
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
            return ApiProblem.Of(413, "body_too_large", "The body is larger than allowed here.");
        }

        var bytes = body.ToArray();
        if (!BundleReader.TryRead(bytes, known, clock.GetUtcNow(), out var reading, out var fault))
        {
            return ApiProblem.Of(400, "bad_bundle", fault);
        }

        var token = $"{source}-{clock.GetUtcNow().ToUnixTimeMilliseconds()}-{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
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
        ? ApiProblem.Of(400, "no_such_recipient", "No recipient of this name is configured.")
        : ApiProblem.Of(404, "no_such_campaign", "There is no campaign with this id.");
}
