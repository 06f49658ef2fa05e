using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.People;

/// <summary>Who may sign in.</summary>
internal static class ListPeople
{
    public sealed record Query(Reviewer By) : IReviewRequest<ImmutableArray<PersonRow>>
    {
        public Permit Needs => Permit.ManagePeople;

        public string? Fault() => null;
    }

    internal sealed class Handler(PeopleBook people) : IRequestHandler<Query, Reviewed<ImmutableArray<PersonRow>>>
    {
        public async Task<Reviewed<ImmutableArray<PersonRow>>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done<ImmutableArray<PersonRow>>(
                [.. (await people.AllAsync(cancellationToken)).Values.OrderBy(static one => one.Id, StringComparer.Ordinal)]);
    }
}

/// <summary>Says who somebody is: their role, whether they may sign in, perhaps a new password. Their sessions end.</summary>
internal static class PutPerson
{
    private const int IdMax = 128;
    private const int NameMax = 200;

    public sealed record Command(
        Reviewer By, string Id, string Name, ReviewRole Role, bool IsDisabled, string? Password)
        : IReviewRequest<PersonRow>, IAudited
    {
        public Permit Needs => Permit.ManagePeople;

        public AuditKind AuditKind => AuditKind.Configuration;

        public string AuditAction => "person.changed";

        public string AuditSubject => Id;

        public object AuditDetail => new
        {
            role = PermissionTable.Of(Role), disabled = IsDisabled, password_changed = Password is not null,
        };

        public string? Fault() =>
            Id.Length is 0 or > IdMax || Id.Contains(':', StringComparison.Ordinal) || Id == CaseEvent.Machine
            || Id.Any(char.IsControl) ? $"id is 1 to {IdMax} characters without a colon."
            : string.IsNullOrWhiteSpace(Name) || Name.Length > NameMax ? $"name is 1 to {NameMax} characters."
            : (int)Role >= PermissionTable.PeoplesRoles.Length ? "role is viewer, analyst, lead or administrator."
            : FaultOf(Password);
    }

    /// <summary>What is wrong with a password, or null.</summary>
    public static string? FaultOf(string? password) =>
        password is null or { Length: >= PeopleBook.PasswordMin and <= PeopleBook.PasswordMax }
            ? null
            : $"password is {PeopleBook.PasswordMin} to {PeopleBook.PasswordMax} characters.";

    internal sealed class Handler(PeopleBook people) : IRequestHandler<Command, Reviewed<PersonRow>>
    {
        public async Task<Reviewed<PersonRow>> Handle(Command command, CancellationToken cancellationToken)
        {
            var all = await people.AllAsync(cancellationToken);
            var others = all.Values.Any(one =>
                one.Id != command.Id && !one.IsDisabled && one.Role == (byte)ReviewRole.Administrator);
            if (!others && (command.IsDisabled || command.Role != ReviewRole.Administrator))
            {
                return Reviewed.Refused<PersonRow>("last_administrator", "Somebody has to be able to administer.");
            }

            return await people.PutAsync(
                command.Id, command.Name, command.Role, command.IsDisabled, command.Password, cancellationToken) is { } person
                ? Reviewed.Done(person)
                : Reviewed.Conflict<PersonRow>([]);
        }
    }
}
