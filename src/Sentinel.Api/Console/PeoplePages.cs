using System.Collections.Immutable;
using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Console;

/// <summary>Who may sign in, and what everybody did.</summary>
internal static class PeoplePages
{
    private const int AuditRowsMax = 100;

    public static async Task<IResult> ListAsync(HttpContext http, IMediator mediator, CancellationToken cancel) =>
        await ShowAsync(http, mediator, "", StatusCodes.Status200OK, cancel);

    public static async Task<IResult> PutAsync(
        HttpContext http, [FromForm] string? id, [FromForm] string? name, [FromForm] string? role, [FromForm] string? password,
        [FromForm] string? disabled, IMediator mediator, CancellationToken cancel)
    {
        var place = PermissionTable.PeoplesRoles.IndexOf(role ?? "");
        if (place < 0)
        {
            return await ShowAsync(http, mediator, "The role is none that there is.", StatusCodes.Status400BadRequest, cancel);
        }

        var done = await mediator.Send(
            new PutPerson.Command(
                ReviewGate.ReviewerOf(http), id?.Trim() ?? "", name?.Trim() ?? "", (ReviewRole)place, disabled is not null,
                string.IsNullOrEmpty(password) ? null : password),
            cancel);
        return done.IsDone
            ? Results.LocalRedirect("/console/people")
            : await ShowAsync(http, mediator, done.Detail, StatusCodes.Status400BadRequest, cancel);
    }

    public static async Task<IResult> AuditAsync(
        HttpContext http, [FromQuery] string? by, [FromQuery] string? action, [FromQuery] string? subject,
        [FromQuery] long? before, IMediator mediator, CancellationToken cancel)
    {
        var read = await mediator.Send(
            new ListAudit.Query(
                ReviewGate.ReviewerOf(http), new AuditFilter(NullIfEmpty(by), NullIfEmpty(action), NullIfEmpty(subject)), before,
                AuditRowsMax),
            cancel);
        ImmutableArray<AuditRow> rows = read.IsDone ? read.Value : [];
        var next = rows.Length < AuditRowsMax
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"/console/audit?before={rows[^1].Number}&by={Escaped(by)}&action={Escaped(action)}&subject={Escaped(subject)}");
        return ConsoleEndpoints.Page<AuditPage>(
            ConsoleShell.Of(http, "Audit", "audit"), new AuditView(rows, by ?? "", action ?? "", subject ?? "", next));
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, IMediator mediator, string fault, int status, CancellationToken cancel)
    {
        var people = await mediator.Send(new ListPeople.Query(ReviewGate.ReviewerOf(http)), cancel);
        return ConsoleEndpoints.Page<PeoplePage>(
            status,
            ConsoleShell.Of(http, "People", "people"),
            new PeopleView(
                people.IsDone
                    ? [
                        .. people.Value.Select(static one => new PersonView(
                            one.Id, one.Name, PermissionTable.Of((ReviewRole)one.Role), one.IsDisabled, one.ChangedAt)),
                    ]
                    : [],
                fault));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Escaped(string? text) => Uri.EscapeDataString(text ?? "");
}
