// TAXII 2.1, reading: a collection for every recipient, which holds the bundles that were shared with it and have not expired. A
// caller sees the collections of the recipients that name its key.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Api.Security;
using Sentinel.Reports.Sharing;

namespace Sentinel.Api.Reports;

/// <summary><c>/taxii2/</c>.</summary>
internal sealed class TaxiiEndpoints(ReportEndpoints reports, SharingBook sharing, CallerGate gate, TimeProvider clock)
{
    /// <summary>Media type of all answers.</summary>
    public const string MediaType = "application/taxii+json;version=2.1";

    private const string StixMediaType = "application/stix+json;version=2.1";
    private const string Root = "/taxii2/sentinel/";
    private const int LimitMax = 1_000;
    private const int BundlesMax = 20; // Read at a time: at most 20 bodies are in memory.

    public static void Map(IEndpointRouteBuilder routes)
    {
        var taxii = routes.MapGroup("/taxii2").WithTags("TAXII");
        Says(
            taxii.MapGet("/", static (HttpContext http) => Answer(http, new JsonObject
            {
                ["title"] = "LLM Sentinel",
                ["description"] = "Distillation campaigns, as they were shared with the caller.",
                ["default"] = Root,
                ["api_roots"] = new JsonArray(Root),
            })),
            "GetTaxiiDiscovery", "Where is TAXII?", "Discovery, as TAXII 2.1 has it.");
        Says(
            taxii.MapGet("/sentinel/", static (HttpContext http) => Answer(http, new JsonObject
            {
                ["title"] = "Shared reports",
                ["versions"] = new JsonArray(MediaType),
                ["max_content_length"] = 0,
            })),
            "GetTaxiiRoot", "What does this API root speak?", "The API root. Nothing is written over TAXII.");
        Says(
            taxii.MapGet("/sentinel/collections/", static (HttpContext http, TaxiiEndpoints self) => self.Collections(http)),
            "ListTaxiiCollections", "Which collections may I read?", "One for every recipient that names the caller's key.");
        var one = taxii.MapGroup("/sentinel/collections/{collection}");
        Says(
            one.MapGet("/", static (string collection, HttpContext http, TaxiiEndpoints self) =>
                self.Find(http, collection) is { } recipient ? Answer(http, CollectionOf(recipient)) : NotFound(http)),
            "GetTaxiiCollection", "What is a collection?", "Its title and media types.")
            .Produces<string>(StatusCodes.Status404NotFound, MediaType);
        MapObjects(one);
    }

    private static void MapObjects(RouteGroupBuilder one)
    {
        SaysPaged(
            one.MapGet(
                "/objects/",
                static (string collection, HttpContext http, TaxiiEndpoints self, CancellationToken cancel) =>
                    self.ObjectsAsync(collection, http, stixId: null, isManifest: false, cancel)),
            "ListTaxiiObjects", "What was shared with me?", "STIX objects in the order in which they were added, a page at a time.");
        SaysPaged(
            one.MapGet(
                "/objects/{stixId}/",
                static (string collection, string stixId, HttpContext http, TaxiiEndpoints self, CancellationToken cancel) =>
                    self.ObjectsAsync(collection, http, stixId, isManifest: false, cancel)),
            "GetTaxiiObject", "What was I told of an object?", "Every version of one STIX object that was shared.");
        SaysPaged(
            one.MapGet(
                "/manifest/",
                static (string collection, HttpContext http, TaxiiEndpoints self, CancellationToken cancel) =>
                    self.ObjectsAsync(collection, http, stixId: null, isManifest: true, cancel)),
            "GetTaxiiManifest", "Which objects are there?", "Ids, versions and times of adding, without the objects.");
    }

    private static RouteHandlerBuilder Says(RouteHandlerBuilder route, string name, string summary, string description) =>
        route.WithName(name).WithSummary(summary).WithDescription(description)
            .Produces<string>(StatusCodes.Status200OK, MediaType)
            .Produces<string>(StatusCodes.Status406NotAcceptable, MediaType);

    private static void SaysPaged(RouteHandlerBuilder route, string name, string summary, string description) =>
        Says(route, name, summary, description).WithStoreGate()
            .Produces<string>(StatusCodes.Status400BadRequest, MediaType)
            .Produces<string>(StatusCodes.Status404NotFound, MediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private IResult Collections(HttpContext http) => Answer(http, new JsonObject
    {
        ["collections"] = new JsonArray([.. Visible(http).Select(static item => (JsonNode)CollectionOf(item))]),
    });

    private IEnumerable<Recipient> Visible(HttpContext http) =>
        sharing.Recipients.Where(item => gate.IsOpenToAll || item.Callers.Contains(CallerGate.CallerOf(http)));

    private Recipient? Find(HttpContext http, string id) =>
        Visible(http).FirstOrDefault(item => IdOf(item) == id || item.Name == id);

    private async Task<IResult> ObjectsAsync(
        string id, HttpContext http, string? stixId, bool isManifest, CancellationToken cancel)
    {
        if (Find(http, id) is not { } recipient)
        {
            return NotFound(http);
        }

        if (!TryReadPage(http.Request.Query, out var page))
        {
            return Error(http, 400, "limit is 1 to 1000, added_after a time, and next what an answer gave.");
        }

        var (found, hasMore) = await ReadAsync(recipient, page, stixId, http.Request.Query["match[type]"], cancel);
        var body = new JsonObject { ["more"] = hasMore };
        if (hasMore)
        {
            var last = found[^1];
            body["next"] = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{last.At.ToUnixTimeMilliseconds()} {last.Index} {last.ShareId}")));
        }

        body["objects"] = new JsonArray([.. found.Select(item => isManifest ? Manifest(item) : item.Object.DeepClone())]);
        if (found.Count > 0)
        {
            http.Response.Headers["X-TAXII-Date-Added-First"] = Time(found[0].At);
            http.Response.Headers["X-TAXII-Date-Added-Last"] = Time(found[^1].At);
        }

        return Answer(http, body);
    }

    // Objects in the order in which they were added; of one that was shared again, every version that is asked for.
    private async Task<(List<Added> Found, bool HasMore)> ReadAsync(
        Recipient recipient, TaxiiPage page, string? stixId, string? type, CancellationToken cancel)
    {
        var found = new List<Added>();
        var types = type?.Split(',');
        var (after, afterId, skip) = (page.After, page.ShareId, page.Index);
        var log = reports.Desk().Shares;
        while (true)
        {
            var bundles = await log.ListBundlesAsync(recipient.Name, clock.GetUtcNow(), after, afterId, BundlesMax, cancel);
            foreach (var bundle in bundles)
            {
                var objects = JsonNode.Parse(bundle.Body)!["objects"]!.AsArray();
                var from = bundle.Id == page.Resumed ? skip + 1 : 0;
                for (var i = from; i < objects.Count; i++)
                {
                    var item = objects[i]!.AsObject();
                    if ((stixId is not null && (string)item["id"]! != stixId)
                        || (types is not null && !types.Contains((string)item["type"]!)))
                    {
                        continue;
                    }

                    if (found.Count == page.Limit)
                    {
                        return (found, true);
                    }

                    found.Add(new Added(bundle.SharedAt, bundle.Id, i, item));
                }
            }

            if (bundles.Length < BundlesMax)
            {
                return (found, false);
            }

            (after, afterId) = (bundles[^1].SharedAt, bundles[^1].Id);
        }
    }

    private static bool TryReadPage(IQueryCollection query, out TaxiiPage page)
    {
        page = new TaxiiPage(LimitMax, DateTimeOffset.UnixEpoch, "", -1, "");
        if (query.TryGetValue("limit", out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > LimitMax)
            {
                return false;
            }

            page = page with { Limit = limit };
        }

        if (query.TryGetValue("added_after", out var added))
        {
            if (!DateTimeOffset.TryParse(added, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var after))
            {
                return false;
            }

            page = page with { After = after, ShareId = "\uFFFF" }; // Nothing of that very moment.
        }

        return !query.TryGetValue("next", out var next) || TryResume(next.ToString(), ref page);
    }

    // The share before the one that was cut off is told apart by its moment: one millisecond earlier is before it.
    private static bool TryResume(string next, ref TaxiiPage page)
    {
        var bytes = new byte[next.Length / 2];
        if (next.Length > 512 || Convert.FromHexString(next, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(bytes).Split(' ', 3);
        if (parts.Length != 3
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at is < 1 or > 253402300799999
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        var before = parts[2].Length == 0 ? "" : parts[2][..^1];
        page = page with { After = DateTimeOffset.FromUnixTimeMilliseconds(at), ShareId = before, Index = index, Resumed = parts[2] };
        return true;
    }

    private static JsonObject CollectionOf(Recipient recipient) => new()
    {
        ["id"] = IdOf(recipient),
        ["title"] = recipient.Name,
        ["description"] = $"Under the profile {recipient.Profile.Name}.",
        ["alias"] = recipient.Name,
        ["can_read"] = true,
        ["can_write"] = false,
        ["media_types"] = new JsonArray(StixMediaType),
    };

    private static JsonObject Manifest(Added item) => new()
    {
        ["id"] = (string)item.Object["id"]!,
        ["date_added"] = Time(item.At),
        ["version"] = (string?)item.Object["modified"] ?? (string?)item.Object["created"] ?? Time(item.At),
        ["media_type"] = StixMediaType,
    };

    private static string IdOf(Recipient recipient) => CollectionIds.Of(recipient.Name);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static IResult NotFound(HttpContext http) => Error(http, 404, "There is no such collection for this caller.");

    private static IResult Error(HttpContext http, int status, string title) => Answer(
        http,
        new JsonObject { ["title"] = title, ["http_status"] = status.ToString(CultureInfo.InvariantCulture) },
        status);

    private static IResult Answer(HttpContext http, JsonObject body, int status = StatusCodes.Status200OK)
    {
        var accepts = http.Request.Headers.Accept.ToString();
        return accepts.Length == 0 || accepts.Contains("*/*", StringComparison.Ordinal)
            || accepts.Contains("application/taxii+json", StringComparison.Ordinal)
            || accepts.Contains("application/*", StringComparison.Ordinal)
            ? Results.Text(body.ToJsonString(), MediaType, Encoding.UTF8, status)
            : Results.Text("""{"title":"Only application/taxii+json;version=2.1 is spoken here."}""", MediaType, Encoding.UTF8, 406);
    }

    private sealed record Added(DateTimeOffset At, string ShareId, int Index, JsonObject Object);

    private readonly record struct TaxiiPage(int Limit, DateTimeOffset After, string ShareId, int Index, string Resumed);
}
