// Reports and TAXII have media types of their own, and TAXII's questions are read by hand: what the endpoints' types cannot say of
// them is said here.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Sentinel.Api.Reports;

namespace Sentinel.Api.OpenApi;

/// <summary>What the document says of reports, sharing and TAXII beyond their types.</summary>
internal static class ReportDocumentation
{
    private const string Share = """
        {"shared_at":"2026-11-02T10:00:00Z","id":"3f1c5a…","recipient":"friends","profile":"partner","subject":"cmp-3",
         "format":"stix","evidence_hash":"9f86d0…","content_hash":"60303a…","bytes":18211,
         "expires_at":"2027-01-01T00:00:00Z","shared_by":"soc","note":"as agreed"}
        """;

    private const string Collection = """
        {"id":"0b0f6d3e-…","title":"friends","description":"Under the profile partner.","alias":"friends","can_read":true,
         "can_write":false,"media_types":["application/stix+json;version=2.1"]}
        """;

    private const string Objects = """
        {"more":false,"objects":[{"type":"campaign","spec_version":"2.1","id":"campaign--6f5c…","name":"Distillation campaign"}]}
        """;

    private static readonly ImmutableDictionary<string, string> Answers = new Dictionary<string, string>
    {
        ["PreviewShare"] = """
            {"profile":"partner","changes":["Account ids are hashed with a key of this recipient."],"bytes":18211,
             "expires_at":"2027-01-01T00:00:00Z","added":["campaign--6f5c…"],"changed":[],"removed":[],"unchanged":0,
             "bundle":"{\"type\":\"bundle\",…}"}
            """,
        ["CreateShare"] = Share,
        ["ListShares"] = $"[{Share}]",
        ["ImportBundle"] = """{"keys":14,"ignored":1}""",
        ["ListDeadLetters"] = """
            {"dead_letters":[{"id":"soc-4711","target":"soc","event":"evt-4711","kind":"case.ruled","subject":"case-cmp-3",
             "reason":"status 503","attempts":6,"failed_at":"2026-11-02T10:00:31Z"}]}
            """,
        ["RetryDeadLetter"] = """{"id":"soc-4711"}""",
        ["GetTaxiiDiscovery"] = """
            {"title":"LLM Sentinel","description":"Distillation campaigns, as they were shared with the caller.",
             "default":"/taxii2/sentinel/","api_roots":["/taxii2/sentinel/"]}
            """,
        ["GetTaxiiRoot"] =
            """{"title":"Shared reports","versions":["application/taxii+json;version=2.1"],"max_content_length":0}""",
        ["ListTaxiiCollections"] = $$"""{"collections":[{{Collection}}]}""",
        ["GetTaxiiCollection"] = Collection,
        ["ListTaxiiObjects"] = Objects,
        ["GetTaxiiObject"] = Objects,
        ["GetTaxiiManifest"] = """
            {"more":false,"objects":[{"id":"campaign--6f5c…","date_added":"2026-11-02T10:00:00.000Z",
             "version":"2026-11-02T10:00:00.000Z","media_type":"application/stix+json;version=2.1"}]}
            """,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>The example of a successful answer, or null for another operation.</summary>
    public static JsonNode? AnswerOf(string operation) =>
        Answers.TryGetValue(operation, out var json) ? JsonNode.Parse(json) : null;

    /// <summary>The example in one media type, or null where the media type makes no difference.</summary>
    public static JsonNode? ExampleOf(string operation, string status, string mediaType) =>
        operation == "GetReport" && status == "200" ? ReportIn(mediaType)
        : mediaType == TaxiiEndpoints.MediaType && status != "200" ? TaxiiError(status)
        : null;

    /// <summary>Puts into an operation what its types do not say.</summary>
    public static void Finish(OpenApiOperation operation, string name)
    {
        if (name == "ImportBundle")
        {
            DescribeBundle(operation);
        }

        foreach (var (_, answer) in operation.Responses ?? [])
        {
            foreach (var (mediaType, content) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                if (name == "GetReport" && mediaType != "application/problem+json")
                {
                    content.Schema = SchemaOf(mediaType);
                }
                else if (mediaType == TaxiiEndpoints.MediaType)
                {
                    content.Schema = new OpenApiSchema { Type = JsonSchemaType.Object };
                }
            }
        }

        if (name is "ListTaxiiObjects" or "GetTaxiiObject" or "GetTaxiiManifest")
        {
            DescribePages(operation);
        }
    }

    private static void DescribeBundle(OpenApiOperation operation) => operation.RequestBody = new OpenApiRequestBody
    {
        Required = true,
        Description = "A STIX 2.1 bundle of at most 16 MiB.",
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/stix+json;version=2.1"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                Example = ReportIn("application/stix+json;version=2.1"),
            },
        },
    };

    private static void DescribePages(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        foreach (var (name, description) in new[]
        {
            ("limit", "Objects in the page, 1 to 1,000; 1,000 when absent."),
            ("added_after", "Only what was added after this time."),
            ("next", "next of the page before, unchanged."),
            ("match[type]", "Types of objects, with commas between them."),
        })
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    private static OpenApiSchema SchemaOf(string mediaType) => mediaType switch
    {
        "application/json" or "application/stix+json;version=2.1" => new OpenApiSchema { Type = JsonSchemaType.Object },
        "application/pdf" or ReportEndpoints.FileMediaType => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static JsonNode ReportIn(string mediaType) => mediaType switch
    {
        "application/json" => new JsonObject
        {
            ["id"] = "cmp-3", ["title"] = "Distillation campaign cmp-3", ["campaigns"] = new JsonArray(),
        },
        "application/stix+json;version=2.1" => new JsonObject
        {
            ["type"] = "bundle", ["id"] = "bundle--44af6c39-…", ["objects"] = new JsonArray(),
        },
        "application/x-ndjson" => JsonValue.Create("""{"class_uid":2004,"finding_info":{"title":"Distillation campaign cmp-3"}}""" + "\n"),
        "text/plain; charset=utf-8" => JsonValue.Create("CEF:0|LLM Sentinel|llm-sentinel|0.1.0|campaign|Distillation campaign|9|…\n"),
        "text/html; charset=utf-8" => JsonValue.Create("<!DOCTYPE html>…"),
        "text/csv; charset=utf-8" => JsonValue.Create("\"account\",\"level\",\"risk\"\n\"acct-1\",\"abusive\",0.999\n"),
        "application/pdf" => JsonValue.Create("%PDF-1.7…"),
        _ => JsonValue.Create("PAR1…"),
    };

    private static JsonObject TaxiiError(string status) => new()
    {
        ["title"] = status switch
        {
            "400" => "limit is 1 to 1000, added_after a time, and next what an answer gave.",
            "404" => "There is no such collection for this caller.",
            _ => "Only application/taxii+json;version=2.1 is spoken here.",
        },
        ["http_status"] = status,
    };
}
