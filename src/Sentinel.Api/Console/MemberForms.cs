using System.Collections.Immutable;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.People;
using Sentinel.Api.Review;

namespace Sentinel.Api.Console;

/// <summary>Who belongs to a case: takes accounts out of it, or makes them a case of their own.</summary>
internal static class MemberForms
{
    private static readonly char[] LineEnds = ['\r', '\n'];

    public static async Task<IResult> ChangeAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? deed, IMediator mediator,
        CancellationToken cancel)
    {
        var by = ReviewGate.ReviewerOf(http);
        var accounts = AccountsOf(await http.Request.ReadFormAsync(cancel));
        CaseCommand? command = deed switch
        {
            "exclude" => new ExcludeMembers.Command(by, id, form.Version, accounts, form.Reason ?? ""),
            "split" => new SplitCase.Command(by, id, form.Version, accounts, form.Reason ?? ""),
            _ => null,
        };
        return command is null
            ? ConsoleEndpoints.Message(
                http, StatusCodes.Status400BadRequest, "Not done", "Accounts are taken out, or split off.")
            : CaseForms.Answer(http, id, form, toQueue: false, await mediator.Send(command, cancel), "");
    }

    // Those that were ticked, and those that were written down, one a line: they may be on different pages of the list.
    private static ImmutableArray<string> AccountsOf(IFormCollection fields) =>
    [
        .. fields["account"].Concat(
                fields["accounts"].SelectMany(static text => (text ?? "").Split(
                    LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            .OfType<string>().Distinct(StringComparer.Ordinal),
    ];
}
