using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Sentinel.Api.Problems;

/// <summary>Problem details (RFC 9457) with a stable <c>code</c> beside the text for people.</summary>
internal static class ApiProblem
{
    /// <summary>Media type of every error.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A problem to return.</summary>
    public static ProblemHttpResult Of(
        int status, string code, string detail, IEnumerable<KeyValuePair<string, object?>>? more = null)
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        foreach (var (name, value) in more ?? [])
        {
            extensions[name] = value;
        }

        return TypedResults.Problem(statusCode: status, detail: detail, extensions: extensions);
    }

    /// <summary>400 for an account id that cannot be one.</summary>
    public static ProblemHttpResult BadAccountId() => Of(
        StatusCodes.Status400BadRequest, "bad_account_id",
        $"An account id is 1 to {AccountIdText.CharsMax} characters of UTF-8, percent-encoded in a path.");

    /// <summary>503 that asks to come back.</summary>
    public static IResult Unavailable(string code, string detail, int retryAfterSeconds) =>
        new RetryLater(Of(StatusCodes.Status503ServiceUnavailable, code, detail), retryAfterSeconds);

    /// <summary>The problem for a status that some part of the server answered without a body.</summary>
    public static ProblemHttpResult ForStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, "no_such_resource", $"There is nothing at {request.Path}."),
        StatusCodes.Status405MethodNotAllowed =>
            Of(status, "method_not_allowed", $"{request.Path} does not take {request.Method}; see the Allow header."),
        StatusCodes.Status413PayloadTooLarge => Of(status, "body_too_large", "The body is larger than allowed here."),
        StatusCodes.Status415UnsupportedMediaType =>
            Of(status, "unsupported_media_type", "The body's media type is not one that is read here."),
        StatusCodes.Status400BadRequest => Of(status, "bad_request", "The request cannot be read."),
        StatusCodes.Status500InternalServerError =>
            Of(status, "internal_error", "The request failed inside the program; its log says why."),
        _ => Of(status, string.Create(CultureInfo.InvariantCulture, $"http_{status}"), "The request was not served."),
    };

    private sealed class RetryLater(ProblemHttpResult problem, int seconds) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return problem.ExecuteAsync(context);
        }
    }
}
