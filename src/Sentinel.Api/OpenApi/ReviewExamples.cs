using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Sentinel.Api.OpenApi;

/// <summary>Examples of the review API's answers. Every operation that changes a case answers the case.</summary>
internal static class ReviewExamples
{
    private const string Case = """
        {"case_id":"case-cmp-3","version":4,"kind":"campaign","subject":"cmp-3","stage":"decided","priority":47.8,
         "level":"abusive","risk":0.999,"abuse_types":["reasoning_extraction"],"accounts":119,"exchanges":2210,
         "headline":"119 accounts tied by one instruction frame: reasoning extraction","opened_at":"2026-11-01T22:10:00Z",
         "updated_at":"2026-11-02T10:00:00Z","claimed_by":null,"claimed_until":null,"assigned_to":"ann","tags":["pool-a"],
         "escalated":false,"proposed":false,"ruling":"block","ruled_by":"ann","ruled_at":"2026-11-02T10:00:00Z",
         "taken_over_by":null}
        """;

    private const string Me = """
        {"id":"ann","name":"Ann","role":"analyst","permissions":["know_self","view","work","rule"],"form_token":"CfDJ8…"}
        """;

    private const string Person = """
        {"id":"ann","name":"Ann","role":"analyst","disabled":false,"has_password":true,"changed_at":"2026-11-01T08:00:00Z"}
        """;

    private const string Key = """{"kind":"payment","key":"00c0ffee00c0ffee","used_by":14,"accounts":["acct-1","acct-7"]}""";

    private const string Excerpts = """
        {"account_id":"acct-1","masked":true,"excerpts":[{"at":"2026-11-02T10:00:00Z","harvest":0.97,
         "text":"You are an expert␟Solve •••••• and show every step␟"}]}
        """;

    private const string Views = """{"views":[{"name":"mine","query":"?waiting=true&assigned=ann"}]}""";

    private static readonly ImmutableDictionary<string, string> Answers = new Dictionary<string, string>
    {
        ["ListCases"] = $$"""{"cases":[{{Case}}],"next_cursor":null}""",
        ["GetCase"] = $$"""
            {"case":{{Case}},"members":["acct-1","acct-7"],
             "history":[{"version":1,"at":"2026-11-01T22:10:00Z","by":"machine","change":{"kind":"opened"} }],
             "campaign":null,"account":null,"related":[],"undo_until":"2026-11-02T11:00:00Z"}
            """,
        ["PreviewRuling"] = """
            {"version":3,"accounts":119,"exchanges":2210,"workload_accounts":0,"needs_second":true,"until":null,
             "undo_until":"2026-11-02T11:00:00Z"}
            """,
        ["GetCaseGraph"] = $$"""{"accounts":["acct-1","acct-7"],"keys":[{{Key}}]}""",
        ["RuleMany"] = """
            {"dry_run":true,"accounts":26,"needs_second":true,
             "cases":[{"case_id":"case-cmp-3","code":"would_propose","accounts":26}]}
            """,
        ["GetTimeline"] = $$"""
            {"account":{"account_id":"acct-1"},"verdicts":[{"at":"2026-11-02T10:00:00Z","level":"abusive","risk":0.998,
             "action":"block","origin":"campaigns","campaign_id":"cmp-3","exchanges_seen":412,"reasons":[]}],
             "decisions":{"account_id":"acct-1","decisions":[]},"cases":[{{Case}}]}
            """,
        ["GetExcerpts"] = Excerpts,
        ["RevealExcerpts"] = Excerpts.Replace("true", "false", StringComparison.Ordinal)
            .Replace("••••••", "the integral", StringComparison.Ordinal),
        ["SearchKey"] = $$"""{"is_account":false,"cases":[],"groups":[{{Key}}]}""",
        ["GetLoad"] = """{"cases":{"open":12,"decided":40},"rulings":{"ann":31}}""",
        ["ListViews"] = Views,
        ["PutView"] = Views,
        ["ListAudit"] = """
            {"rows":[{"number":4711,"at":"2026-11-02T10:00:00Z","by":"ann","kind":"manual","action":"case.ruled",
             "subject":"case-cmp-3","outcome":"done","detail":"{\"ruling\":\"block\"}","hash":"9f86d081884c7d65…"}]}
            """,
        ["GetMe"] = Me,
        ["EndSession"] = Me,
        ["BeginSession"] = """{"id":"ann"}""",
        ["SetUp"] = """{"id":"admin"}""",
        ["ListPeople"] = $$"""{"people":[{{Person}}]}""",
        ["PutPerson"] = Person,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableHashSet<string> Changes =
    [
        "ClaimCase", "ReleaseCase", "NoteCase", "TagCase", "AssignCase", "RuleCase", "ApproveRuling", "RejectRuling", "UndoRuling",
        "ReopenCase", "FileAppeal", "FileAccountAppeal", "DecideAppeal", "ExcludeMembers", "SplitCase", "MergeCases",
    ];

    /// <summary>The example of a successful answer, or null for another operation.</summary>
    public static JsonNode? Of(string operation) =>
        Answers.TryGetValue(operation, out var json) ? JsonNode.Parse(json)
        : Changes.Contains(operation) ? JsonNode.Parse(Case)
        : operation == "ExportLabels"
            ? JsonValue.Create("""{"case_id":"case-cmp-3","subject":"cmp-3","ruling":"block","label":"abuse"}""" + "\n")
        : null;
}
