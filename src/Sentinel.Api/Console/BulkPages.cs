using System.Collections.Immutable;
using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Findings;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Console;

/// <summary>
/// Many cases at once: what it would come to, then doing it. Cases are named with the version that was seen, so that what
/// others did meanwhile is told and not overrun. The page is an address: it can be sent to the second person.
/// </summary>
internal static class BulkPages
{
    private const string Untold = "Looked at, not done.";

    public static async Task<IResult> AskAsync(
        HttpContext http, [FromQuery] string? deed, [FromQuery] string? ruling, [FromQuery] string? from,
        [FromServices] StoredFindings findings, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var kind = CaseWords.Rulings.Contains(ruling ?? "") ? ruling! : "block";
        var wished = new WishedView(kind, "", "", 0, CameFrom.QueueOf(from));
        return await ShowAsync(
            http, deed, PickedOf(http.Request.Query["case"]), wished, "", StatusCodes.Status200OK, findings, mediator, clock, cancel);
    }

    public static async Task<IResult> DoAsync(
        HttpContext http, [FromForm] string? deed, [FromForm] string? ruling, [FromForm] string? reason,
        [FromForm] string? policy, [FromForm] int? hours, [FromForm] string? from,
        [FromServices] StoredFindings findings, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var picked = PickedOf((await http.Request.ReadFormAsync(cancel))["case"]);
        var wished = CaseForms.WishedOf(ruling, reason, policy, hours, from);
        var command = CommandOf(http, deed, picked, wished, clock.GetUtcNow()) with { IsDryRun = false };
        var done = await mediator.Send(command, cancel);
        if (!done.IsDone)
        {
            return await ShowAsync(
                http, deed, picked, wished, done.Detail, CaseForms.StatusOf(done.Status), findings, mediator, clock, cancel);
        }

        var shell = ConsoleShell.Of(http, "Decided together", "queue");
        return ConsoleEndpoints.Page<BulkDonePage>(shell, BulkViews.DoneOf(command, done.Value!, wished.From));
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, string? deed, ImmutableArray<(string Id, int Version)> picked, WishedView wished, string fault,
        int status, StoredFindings findings, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        if (picked.IsEmpty)
        {
            return ConsoleEndpoints.Message(
                http, StatusCodes.Status400BadRequest, "No case was selected",
                "Tick cases in the queue, or press x on each, and then decide.");
        }

        var dry = CommandOf(http, deed, picked, wished, clock.GetUtcNow()) with { IsDryRun = true };
        if (dry.Fault() is not null)
        {
            dry = dry with
            {
                Wished = dry.Wished is null ? null : new WishedRuling(KindOf(wished), Untold, Untold, Until: null),
                Reason = Untold,
            };
        }

        var looked = await mediator.Send(dry, cancel);
        if (!looked.IsDone)
        {
            return ConsoleEndpoints.Message(http, CaseForms.StatusOf(looked.Status), "Not done", looked.Detail);
        }

        var shell = ConsoleShell.Of(http, "Decide together", "queue");
        var all = (await findings.Status.CountAsync(cancel)).Exchanges;
        return ConsoleEndpoints.Page<BulkPage>(
            status, shell, BulkViews.Of(dry, looked.Value!, wished, fault, all, picked));
    }

    private static RuleMany.Command CommandOf(
        HttpContext http, string? deed, ImmutableArray<(string Id, int Version)> picked, WishedView wished, DateTimeOffset now)
    {
        var does = deed switch
        {
            "approve" => RuleMany.Deed.Approve,
            "undo" => RuleMany.Deed.Undo,
            _ => RuleMany.Deed.Rule,
        };
        return new RuleMany.Command(
            ReviewGate.ReviewerOf(http), [.. picked.Select(static one => one.Id)], does,
            does == RuleMany.Deed.Rule ? CaseForms.RulingOf(wished, now) : null, wished.Reason.Trim(), IsDryRun: false)
        {
            Seen = picked.ToImmutableDictionary(static one => one.Id, static one => one.Version, StringComparer.Ordinal),
        };
    }

    private static RulingKind KindOf(WishedView wished) => (RulingKind)Math.Max(0, CaseWords.Rulings.IndexOf(wished.Kind));

    // VERSION:ID, each once.
    private static ImmutableArray<(string Id, int Version)> PickedOf(StringValues values)
    {
        var picked = ImmutableArray.CreateBuilder<(string, int)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            var colon = value?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            if (colon > 0 && int.TryParse(value.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                && seen.Add(value![(colon + 1)..]))
            {
                picked.Add((value[(colon + 1)..], version));
            }
        }

        return picked.ToImmutable();
    }
}
