using System.Collections.Immutable;
using System.Globalization;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Webhooks;

namespace Sentinel.Api.Webhooks;

/// <summary>What targets did not take, the latest first.</summary>
internal static class ListDeadLetters
{
    public sealed record Query(Reviewer By, int Limit) : IReviewRequest<ImmutableArray<WebhookDeadLetter>>
    {
        public Permit Needs => Permit.ManageWebhooks;

        public string? Fault() => PageLimit.FaultOf(Limit, WebhookLog.PageMax);
    }

    internal sealed class Handler(WebhookWork webhooks) : IRequestHandler<Query, Reviewed<ImmutableArray<WebhookDeadLetter>>>
    {
        public async Task<Reviewed<ImmutableArray<WebhookDeadLetter>>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done(await webhooks.ListAsync(query.Limit, cancellationToken));
    }
}

/// <summary>Sends a dead letter once more.</summary>
internal static class RetryDeadLetter
{
    public sealed record Command(Reviewer By, string Id) : IReviewRequest<string>, IAudited
    {
        public Permit Needs => Permit.ManageWebhooks;

        public AuditKind AuditKind => AuditKind.Manual;

        public string AuditAction => "webhook.retried";

        public string AuditSubject => Id;

        public object AuditDetail => new { };

        public string? Fault() => Id.Length is 0 or > Texts.IdMax ? "The dead letter's id is not one." : null;
    }

    /// <summary>Id of a dead letter. A target's name has no hyphen.</summary>
    public static string IdOf(WebhookDeadLetter letter) =>
        string.Create(CultureInfo.InvariantCulture, $"{letter.Target}-{letter.Number}");

    internal sealed class Handler(WebhookWork webhooks) : IRequestHandler<Command, Reviewed<string>>
    {
        public async Task<Reviewed<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var hyphen = command.Id.IndexOf('-', StringComparison.Ordinal);
            if (hyphen < 0
                || !long.TryParse(
                    command.Id.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < 1
                || await webhooks.RetryAsync(command.Id[..hyphen], number, cancellationToken) is not { IsThere: true } retry)
            {
                return Reviewed.NotFound<string>("no_such_dead_letter", "No dead letter of a configured target has this id; GET /v1/webhooks/dead-letters lists those that there are.");
            }

            return retry.Fault is { } fault
                ? Reviewed.Refused<string>("not_delivered", $"The target did not take it: {fault}. It stays a dead letter.")
                : Reviewed.Done(command.Id);
        }
    }
}
