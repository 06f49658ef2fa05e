using System.Text.Json;
using MediatR;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Lets a request through whose asker may ask it and that is not wrong.</summary>
internal sealed class ValidationBehavior<TRequest, T> : IPipelineBehavior<TRequest, Reviewed<T>>
    where TRequest : IReviewRequest<T>
{
    public Task<Reviewed<T>> Handle(
        TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<Reviewed<T>> next) =>
        !request.By.May(request.Needs) ? Task.FromResult(Reviewed.Forbidden<T>())
        : request.Fault() is { } fault ? Task.FromResult(Reviewed.Invalid<T>(fault))
        : next();
}

/// <summary>Puts on record what came of a request, also when it was refused.</summary>
internal sealed class AuditBehavior<TRequest, T>(ReviewStore store, TimeProvider clock)
    : IPipelineBehavior<TRequest, Reviewed<T>>
    where TRequest : IReviewRequest<T>
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<Reviewed<T>> Handle(
        TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<Reviewed<T>> next)
    {
        if (request is not IAudited audited)
        {
            return await next();
        }

        var reviewed = await next();
        var entry = new AuditEntry(
            clock.GetUtcNow(), request.By.Id, audited.AuditKind, audited.AuditAction, audited.AuditSubject, reviewed.Code,
            JsonSerializer.Serialize(audited.AuditDetailAfter(reviewed.Value), Json));
        await store.Opened.Audit.AppendAsync([entry], CancellationToken.None); // What is done is told, whoever hung up.
        return reviewed;
    }
}
