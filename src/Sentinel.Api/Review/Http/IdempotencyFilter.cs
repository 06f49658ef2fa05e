// A request that is sent again under its key is answered as it was the first time, and done once. Answers are kept in this
// process, as many as the options say: where several answer, a repetition must reach the same one, or it is done again at the
// case's next version, which If-Match rules out.
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sentinel.Api.People;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Review.Http;

/// <summary>What was answered under idempotency keys, the latest. Thread-safe.</summary>
internal sealed class IdempotentAnswers(IOptions<ReviewOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Remembered> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];

    /// <summary>The answer under a key, which the caller is to give when <paramref name="isFirst"/>.</summary>
    public Remembered Of(string key, string request, out bool isFirst)
    {
        lock (_lock)
        {
            isFirst = !_byKey.TryGetValue(key, out var known);
            if (known is not null)
            {
                return known;
            }

            while (_order.Count >= options.Value.IdempotencyKeysMax)
            {
                _byKey.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
            return _byKey[key] = new Remembered(request);
        }
    }

    internal sealed class Remembered(string request)
    {
        private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Digest of the request.</summary>
        public string Request => request;

        /// <summary>Ends when there is an answer.</summary>
        public Task<Answer> Answer => _answer.Task;

        public void Give(Answer answer) => _answer.TrySetResult(answer);
    }

    internal sealed record Answer(int Status, string? ContentType, string? ETag, byte[] Body);
}

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

        var remembered = answers.Of($"{ReviewGate.ReviewerOf(http).Id}\n{key}", DigestOf(context), out var isFirst);
        if (isFirst)
        {
            remembered.Give(await RecordAsync(http, next, context));
        }
        else if (remembered.Request != DigestOf(context))
        {
            return ApiProblem.Of(
                StatusCodes.Status409Conflict, "idempotency_key_reused", "The key was used for another request.");
        }

        return new Replay(await remembered.Answer.WaitAsync(http.RequestAborted));
    }

    private static string DigestOf(EndpointFilterInvocationContext context)
    {
        var body = context.Arguments.OfType<IReviewBody>().FirstOrDefault();
        var request = $"{context.HttpContext.Request.Method} {context.HttpContext.Request.Path}\n"
            + $"{context.HttpContext.Request.Headers.IfMatch}\n{JsonSerializer.Serialize<object?>(body)}";
        return Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(request)));
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
