// What others are told is a selection of the audit log's rows. Of a row's detail only what is named here goes out: reasons are
// written by people and may quote customers.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Webhooks;

/// <summary>Something that happened and that others are told.</summary>
/// <param name="Number">Its row of the audit log.</param>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="At">When.</param>
/// <param name="Subject">The case, or of a report that left the campaign or period.</param>
/// <param name="What">Facts that go with it.</param>
internal sealed record WebhookEvent(long Number, string Kind, DateTimeOffset At, string Subject, JsonObject What)
{
    /// <summary>What ids begin with.</summary>
    public const string IdPrefix = "evt-";

    private static readonly ImmutableArray<string> Told =
        ["accounts", "exchanges", "risk", "priority", "ruling", "cases", "share", "recipient", "format"];

    /// <summary>What can be told; the names of the audit log.</summary>
    public static ImmutableArray<string> Kinds { get; } =
    [
        "case.opened", "case.ruled", "case.approved", "case.undone", "case.appeal_decided", "cases.ruled", "cases.approved",
        "cases.undone",
        "report.shared",
    ];

    /// <summary>The same in every attempt and process: who is told twice can tell.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{Number}");

    /// <summary>The event of a row, or null where nobody is told of such.</summary>
    public static WebhookEvent? Of(AuditRow row)
    {
        var entry = row.Entry;
        if (entry.Outcome != "done" || !Kinds.Contains(entry.Action))
        {
            return null;
        }

        var detail = DetailOf(entry.Detail);
        if (detail["dry_run"] is JsonValue dry && dry.TryGetValue<bool>(out var isDry) && isDry)
        {
            return null;
        }

        // Of what was asked for only that which was done.
        if (detail["done"] is JsonArray done)
        {
            if (done.Count == 0)
            {
                return null;
            }

            detail["cases"] = done.DeepClone();
        }

        var what = new JsonObject();
        foreach (var name in Told)
        {
            if (detail[name] is { } value)
            {
                what[name] = value.DeepClone();
            }
        }

        return new WebhookEvent(row.Number, entry.Action, entry.At, entry.Subject, what);
    }

    /// <summary>The body of a webhook.</summary>
    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["kind"] = Kind,
        ["at"] = At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["subject"] = Subject,
        ["what"] = What.DeepClone(),
    };

    private static JsonObject DetailOf(string detail)
    {
        try
        {
            return JsonNode.Parse(detail) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return []; // Rows of other kinds may hold a plain word.
        }
    }
}
