using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Sentinel.Api.People;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Review.Http;

/// <summary>Heeds the header <c>idempotency-key</c>.</summary>
internal sealed class IdempotencyFilter(IdempotentAnswers answers) : IEndpointFilter
{
    private const string Header = "idempotency-key";
    private const int KeyMax = 200;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[Header] is not [{ } key])
        {
            return await next(context);
        }

        if (key.Length is 0 or > KeyMax)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_idempotency_key", $"{Header} is 1 to {KeyMax} characters.");
        }

        var digest = Digest.HexOf($"{ReviewGate.ReviewerOf(http).Id}\n{key}");
        var request = RequestOf(context);
        var remembered = answers.Of(digest, request, out var isFirst);
        if (!isFirst)
        {
            return remembered.Request != request ? Reused()
                : await remembered.Answer.WaitAsync(http.RequestAborted) is { } known ? new Replay(known)
                : Unknown();
        }

        var isGiven = false;
        try
        {
            var (isMine, held) = await answers.ClaimAsync(digest, request, http.RequestAborted);
            if (!isMine && (held.Request != request || held.Status == 0))
            {
                return held.Request != request ? Reused() : Unknown();
            }

            var answer = isMine ? await RecordAsync(http, next, context) : IdempotentAnswers.Answer.Of(held);
            if (isMine)
            {
                await answers.KeepAsync(digest, held, answer);
            }

            remembered.Give(answer);
            isGiven = true;
            return new Replay(answer);
        }
        finally
        {
            if (!isGiven)
            {
                answers.Forget(digest, remembered);
            }
        }
    }

    private static ProblemHttpResult Reused() => ApiProblem.Of(
        StatusCodes.Status409Conflict, "idempotency_key_reused", "The key was used for another request.");

    private static ProblemHttpResult Unknown() => ApiProblem.Of(
        StatusCodes.Status409Conflict, "idempotency_key_in_use",
        "The request was sent before and is not answered yet. Ask again in a moment, under the same key.");

    private static string RequestOf(EndpointFilterInvocationContext context)
    {
        var body = context.Arguments.OfType<IReviewBody>().FirstOrDefault();
        return Digest.HexOf(
            $"{context.HttpContext.Request.Method} {context.HttpContext.Request.Path}\n"
            + $"{context.HttpContext.Request.Headers.IfMatch}\n{JsonSerializer.Serialize<object?>(body)}");
    }

    private static async Task<IdempotentAnswers.Answer> RecordAsync(
        HttpContext http, EndpointFilterDelegate next, EndpointFilterInvocationContext context)
    {
        var body = http.Response.Body;
        using var kept = new MemoryStream();
        http.Response.Body = kept;
        try
        {
            var result = (IResult)(await next(context))!;
            await result.ExecuteAsync(http);
            return new IdempotentAnswers.Answer(
                http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.ETag, kept.ToArray());
        }
        finally
        {
            http.Response.Body = body;
        }
    }

    private sealed class Replay(IdempotentAnswers.Answer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            response.ContentType = answer.ContentType;
            response.Headers.ETag = answer.ETag;
            response.ContentLength = answer.Body.Length;
            return response.Body.WriteAsync(answer.Body, httpContext.RequestAborted).AsTask();
        }
    }
}
