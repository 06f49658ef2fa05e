using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Sentinel.Api.OpenApi;

/// <summary>An example for every answer of the API.</summary>
internal static class OpenApiExamples
{
    /// <summary>A line that <c>POST /v1/exchanges</c> takes.</summary>
    public const string ExchangeLine =
        """{"event_id":"ev-1","occurred_at":"2026-11-02T10:00:00Z","account":{"id":"acct-1"},"""
        + """ "request":{"model":"m-1","messages":[{"role":"user","content":"Hello"}]},"response":{"status":200}}"""
        + "\n";

    private const string Decision = """
        {"account_id":"acct-1","decision":"block","reason":"campaign.template","level":"abusive","campaign_id":"cmp-3",
         "ttl_seconds":60,"stale":false,"decision_id":"0-4711-1","policy_version":1}
        """;

    private const string GatewayAnswer = """
        {"records":501,"accepted":498,"duplicate":1,"rejected":1,"skipped":[{"code":"partial_stream","count":1}],
         "reasons":[{"line":17,"code":"missing_property","detail":"account.id is missing"}],"reasons_omitted":0}
        """;

    private const string NoDecision = """
        {"account_id":"acct-2","decision":"allow","reason":"no_verdict","level":"none","campaign_id":null,
         "ttl_seconds":10,"stale":false,"decision_id":"none-1","policy_version":1}
        """;

    private const string CampaignFacts = """
        "risk":0.999,"abuse_types":["reasoning_extraction"],"first_detected_at":"2026-11-01T22:10:00Z",
        "exchanges_at_detection":940,"exchanges":2210,"template":"You are an expert … ⟨…⟩ … show every step",
        "links":[{"kind":"template","accounts":119,"strength":11.2},{"kind":"payment","accounts":14,"strength":6}],
        "version":5,"updated_at":"2026-11-02T10:00:00Z"
        """;

    private const string BadAccountId =
        "An account id is 1 to 128 characters of UTF-8, percent-encoded in a path.";

    private const string Reasons =
        """[{"code":"campaign.template","summary":"the same instruction frame as 118 other accounts","weight":4.1}]""";

    private const string Workload = """
        {"id":"nightly-evals","kind":"evaluation_suite","state":"in_force","accounts":["acct-9"],"organisation":null,
         "models":["m-1"],"frames":[],"daily_max":20000,"explains":["content.capability_harvest","pace","habits"],
         "vouched_by":"platform team","note":"runs at 02:00 UTC","from":"2026-11-02T10:01:00Z",
         "until":"2027-05-01T00:00:00Z","recorded_at":"2026-11-02T10:00:00Z"}
        """;

    private static readonly ImmutableDictionary<string, string> Answers = new Dictionary<string, string>
    {
        ["GetIndex"] = """
            {"name":"Sentinel for LLM APIs","version":"0.1.0",
             "description":"Finds distillation abuse in the traffic of an LLM API.",
             "documentation":"/openapi/v1.json","endpoints":["POST /v1/exchanges","GET /v1/decisions/{account}"]}
            """,
        ["GetLive"] = """{"status":"live"}""",
        ["GetReady"] = """{"status":"ready"}""",
        ["PostExchanges"] = """
            {"accepted":498,"duplicate":1,"rejected":1,
             "reasons":[{"line":17,"code":"missing_property","detail":"account.id is missing"}],"reasons_omitted":0}
            """,
        ["PostLiteLlm"] = GatewayAnswer,
        ["PostOtlp"] = GatewayAnswer,
        ["PostOpenAiLogs"] = GatewayAnswer,
        ["PostAnthropicLogs"] = GatewayAnswer,
        ["PostOtlpLogs"] = """{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"account.id is missing"}}""",
        ["PostOtlpTraces"] = """{"partialSuccess":{"rejectedSpans":"1","errorMessage":"account.id is missing"}}""",
        ["GetDecision"] = Decision,
        ["PostDecisions"] = $$"""{"decisions":[{{Decision}},{{NoDecision}}]}""",
        ["DecisionQuestion"] = """{"account_ids":["acct-1","acct-2"]}""",
        ["GetAccount"] = $$"""
            {"account_id":"acct-1","level":"abusive","risk":0.998,"action":"block",
             "abuse_types":["reasoning_extraction"],"campaign_id":"cmp-3","first_flagged_at":"2026-11-02T10:00:00Z",
             "exchanges_seen":412,"exchanges_at_flag":23,
             "first_seen_at":"2026-11-01T08:00:00Z","last_seen_at":"2026-11-02T11:30:00Z","models":2,
             "harvest":{"median":0.91,"p90":0.98,"p99":0.99},"reasons":{{Reasons}},
             "links":[{"kind":"payment","key":"00c0ffee00c0ffee","other_accounts":13,
                       "first_used_at":"2026-11-01T08:00:00Z"}],
             "days":[{"day":"2026-11-01","exchanges":230},{"day":"2026-11-02","exchanges":182}],
             "verdict":{"id":"0-4711-1","model_version":"content-tier1/1","feature_layout":1,"policy_version":1,
                        "at":"2026-11-02T10:00:00Z"}
            }
            """,
        ["GetAccountDecisions"] = """
            {"account_id":"acct-1","decisions":[{"at":"2026-11-02T10:00:00Z","gateway":"nginx","decision":"block",
             "reason":"campaign.template","decision_id":"0-4711-1","stale":false,"share":1}]}
            """,
        ["ListCampaigns"] =
            $$"""{"campaigns":[{"campaign_id":"cmp-3","account_count":2,{{CampaignFacts}}}],"next_cursor":null}""",
        ["GetCampaign"] = $$"""
            {"campaign_id":"cmp-3","account_count":2,"accounts":["acct-1","acct-7"],
             "members":[{"account_id":"acct-7","level":"abusive","risk":0.999},
                        {"account_id":"acct-1","level":"suspect","risk":0.95}],
             {{CampaignFacts}},"reasons":{{Reasons}},"policy_version":1,"merged_into":null}
            """,
        ["GetCalibration"] = """
            {"days":[{"day":"2026-11-02","model_version":"content-tier1/1","promise":"as_before","one_in":100,"accounts":18230,
             "promised":0.0098,"realised":0.0104,"alarm":false}]}
            """,
        ["ListWorkloads"] = $$"""{"workloads":[{{Workload}}]}""",
        ["GetWorkload"] = Workload,
        ["PutWorkload"] = Workload,
        ["DeleteWorkload"] = Workload,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, (string Code, string Detail)> Problems =
        new Dictionary<string, (string, string)>
        {
            ["400"] = ("bad_request", "The request cannot be read."),
            ["401"] = ("not_signed_in", "Sign in, or show a key with a scope of reviewing."),
            ["403"] = ("not_permitted", "Your role does not hold this."),
            ["409"] = ("case_changed", "Somebody changed the case in the meantime."),
            ["429"] = ("too_often", "That was tried too often; wait a minute."),
            ["404"] = ("no_such_resource", "There is nothing here."),
            ["413"] = ("body_too_large", "The body is larger than allowed here."),
            ["415"] = ("unsupported_media_type", "The body's media type is not one that is read here."),
            ["503"] = ("recovering", "12,000 exchanges are judged again."),
            ["GetDecision 400"] = ("bad_account_id", BadAccountId),
            ["GetAccount 400"] = ("bad_account_id", BadAccountId),
            ["GetAccountDecisions 400"] = ("bad_limit", "limit is a number from 1 to 1000."),
            ["PostDecisions 400"] = ("bad_question", "Give exactly one of account_id and account_ids."),
            ["PostExchanges 400"] = ("bad_gzip", "The body is not whole gzip. Nothing of it was taken."),
            ["PostExchanges 503"] = ("busy", "There is no room for more exchanges; post the same body again."),
            ["ListCampaigns 400"] = ("bad_limit", "limit is a number from 1 to 200."),
            ["GetAccount 404"] = ("no_such_account", "No exchange of this account was ever taken."),
            ["GetCampaign 404"] = ("no_such_campaign", "There is no campaign with this id."),
            ["PutWorkload 400"] = ("bad_workload", "vouched_by says who answers for it."),
            ["GetReport 400"] = ("bad_format", "The format is json, stix, ocsf, ecs, hec, cef, html, pdf, pdf-letter, csv, parquet or arrow."),
            ["GetReport 404"] = ("no_such_campaign", "There is no campaign with this id."),
            ["PreviewShare 400"] = ("no_such_recipient", "No recipient of this name is configured; Sharing:Recipients of the settings names them."),
            ["PreviewShare 404"] = ("no_such_campaign", "There is no campaign with this id."),
            ["CreateShare 400"] = ("no_such_recipient", "No recipient of this name is configured; Sharing:Recipients of the settings names them."),
            ["CreateShare 404"] = ("no_such_campaign", "There is no campaign with this id."),
            ["ListShares 400"] = ("bad_limit", "limit is a number from 1 to 1000."),
            ["ImportBundle 400"] = ("bad_bundle", "It is no STIX bundle."),
            ["RetryDeadLetter 404"] = ("no_such_dead_letter", "No dead letter of a configured target has this id."),
            ["RetryDeadLetter 409"] = ("not_delivered", "The target did not take it: status 503."),
            ["GetWorkload 404"] = ("no_such_workload", "There is no such declaration, or it has ended."),
            ["DeleteWorkload 404"] = ("no_such_workload", "There is no such declaration, or it has ended."),
            ["GetReady 503"] = ("not_ready", "12,000 exchanges are judged again."),
        }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>A record that a gateway's endpoint takes; null where none is taken.</summary>
    public static string? RecordOf(string operation) => operation switch
    {
        "PostLiteLlm" => """[{"id":"chatcmpl-1","status":"success","startTime":1793613600.25,"model":"m-1","""
            + """ "metadata":{"user_api_key_hash":"9f2c"},"messages":[{"role":"user","content":"Hello"}]}]""",
        "PostOtlp" or "PostOtlpLogs" => """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"""
            + """ "1793613600250000000","traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","""
            + """ "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m-1"}}]}]}]}]}""",
        "PostOtlpTraces" => """{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"""
            + """ "1793613600250000000","traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","""
            + """ "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m-1"}}]}]}]}]}""",
        "PostOpenAiLogs" => """{"id":"req-1","time":"2026-11-02T10:00:00Z","account_id":"acct-1","""
            + """ "path":"/v1/chat/completions","request":{"body":{"model":"m-1","messages":[{"role":"user","""
            + """ "content":"Hello"}]}},"response":{"status":200,"body":{"choices":[]}}}""",
        "PostAnthropicLogs" => """{"id":"req-1","time":"2026-11-02T10:00:00Z","account_id":"acct-1","""
            + """ "path":"/v1/messages","request":{"body":{"model":"m-1","messages":[{"role":"user","""
            + """ "content":"Hello"}]}},"response":{"status":200,"body":{"content":[]}}}""",
        _ => null,
    };

    /// <summary>The example of a successful answer.</summary>
    public static JsonNode? Of(string operation) =>
        Answers.TryGetValue(operation, out var json) ? JsonNode.Parse(json)
        : ReportDocumentation.AnswerOf(operation) ?? ReviewExamples.Of(operation);

    /// <summary>The example of a problem.</summary>
    public static JsonNode Problem(string operation, string status)
    {
        var (code, detail) = Problems.TryGetValue($"{operation} {status}", out var own) ? own : Problems[status];
        return new JsonObject
        {
            ["type"] = "https://tools.ietf.org/html/rfc9110",
            ["title"] = ReasonPhrases.GetReasonPhrase(int.Parse(status, CultureInfo.InvariantCulture)),
            ["status"] = int.Parse(status, CultureInfo.InvariantCulture),
            ["detail"] = detail,
            ["code"] = code,
        };
    }

    /// <summary>A status in words.</summary>
    public static string MeaningOf(string status) => status switch
    {
        "200" => "Answered",
        "201" => "Done, and on record",
        "400" => "The request is wrong",
        "401" => "Nobody is signed in",
        "403" => "Whoever asks may not",
        "404" => "There is no such thing",
        "406" => "Another media type is asked for",
        "409" => "What it is about is not as the request takes it to be",
        "429" => "Too often",
        "413" => "The body is too large",
        "415" => "The body is of a kind that is not read here",
        "503" => "Not now",
        _ => "Not served",
    };

    /// <summary>The headers of a decision.</summary>
    public static Dictionary<string, IOpenApiHeader> DecisionHeaders() => new(StringComparer.Ordinal)
    {
        ["x-llm-sentinel-decision"] = Header("The decision.", "block"),
        ["x-llm-sentinel-reason"] = Header("Code of the strongest reason.", "campaign.template"),
        ["x-llm-sentinel-ttl"] = Header("Seconds for which the answer may be reused.", "60"),
        ["x-llm-sentinel-stale"] = Header("true or false.", "false"),
        ["x-llm-sentinel-decision-id"] = Header("Names the verdict behind the decision.", "0-4711-1"),
        ["x-llm-sentinel-fail-mode"] = Header("open or closed: what to do without an answer.", "open"),
        ["x-llm-sentinel-throttle-per-minute"] = Header("Requests a minute; with throttle only.", "10"),
    };

    /// <summary>A header with its example.</summary>
    public static IOpenApiHeader Header(string description, string example) => new OpenApiHeader
    {
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create(example),
    };
}
