using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Observability;
using Sentinel.Api.Problems;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary><c>/v1/decisions</c>: answers from memory, never from the store.</summary>
internal sealed class DecisionEndpoints(
    DecisionBoard board, RulingBoard rulings, DetectionPolicy policy, IOptions<ApiOptions> options,
    ApiTelemetry telemetry, TimeProvider clock)
{
    private const int QuestionBytesMax = 2 * 1024 * 1024;

    private readonly ApiOptions _options = options.Value;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var decisions = routes.MapGroup("/v1/decisions").WithTags("Decisions");
        decisions.MapGet("/{account}", (string account, HttpContext http, DecisionEndpoints self) => self.One(http))
            .WithName("GetDecision")
            .WithSummary("May this account go on?")
            .WithDescription("Always 200 for an account id that can be one: an account never seen is allowed, with "
                + "reason no_verdict. The answer is also in the headers x-llm-sentinel-decision, -reason, -ttl, -stale "
                + "and -decision-id, for gateways that read no bodies. Ids are percent-encoded; the ids \".\" and "
                + "\"..\" cannot stand in a path: ask for them with POST.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        decisions.MapPost("/", static (DecisionQuestion question, HttpContext http, DecisionEndpoints self) =>
                self.Many(question, http))
            .WithName("PostDecisions")
            .WithSummary("Which of these accounts may go on?")
            .WithDescription("Exactly one of account_id and account_ids. For account_id the answer is that of GET, for "
                + "account_ids a list with one answer for each id, in the order asked.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(QuestionBytesMax))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private Results<Ok<DecisionAnswer>, ProblemHttpResult> One(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!AccountIdText.TryReadLastSegment(target, out var account))
        {
            return ApiProblem.BadAccountId();
        }

        var began = clock.GetTimestamp();
        var answer = Answer(account);
        telemetry.Decided(clock.GetElapsedTime(began));
        WriteHeaders(http.Response.Headers, answer);
        return TypedResults.Ok(answer);
    }

    private Results<Ok<DecisionAnswers>, Ok<DecisionAnswer>, ProblemHttpResult> Many(
        DecisionQuestion question, HttpContext http)
    {
        if (question.AccountId is null == question.AccountIds is null)
        {
            return ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_question", "Give exactly one of account_id and account_ids.");
        }

        var ids = question.AccountIds ?? [question.AccountId!];
        if (ids.Count > _options.DecisionBatchMax)
        {
            return ApiProblem.Of(
                StatusCodes.Status400BadRequest, "too_many_accounts",
                string.Create(CultureInfo.InvariantCulture, $"At most {_options.DecisionBatchMax} accounts at once."));
        }

        var began = clock.GetTimestamp();
        var answers = new DecisionAnswer[ids.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            if (!AccountIdText.IsValid(ids[i]))
            {
                return ApiProblem.BadAccountId();
            }

            answers[i] = Answer(ids[i]);
        }

        telemetry.Decided(clock.GetElapsedTime(began));

        if (question.AccountId is not null)
        {
            WriteHeaders(http.Response.Headers, answers[0]);
            return TypedResults.Ok(answers[0]);
        }

        return TypedResults.Ok(new DecisionAnswers { Decisions = answers });
    }

    private DecisionAnswer Answer(string account)
    {
        // Asked before the look-up: a board that stops being fed in between gives an answer that was still live.
        var now = clock.GetUtcNow();
        var staleFor = board.StaleFor(now);
        var isKnown = board.TryFind(account, out var decision);
        if (rulings.TryFind(account, now, out var ruling))
        {
            telemetry.Answered(ruling.Action);
            return DecisionAnswer.From(ruling, decision, policy.Version, now, _options, staleFor);
        }

        telemetry.Answered(decision?.Action ?? DecisionAction.Allow);
        return isKnown
            ? DecisionAnswer.From(decision!, _options, staleFor)
            : DecisionAnswer.NoVerdict(account, policy.Version, _options, staleFor);
    }

    // No account id here: it is whatever its sender likes, and a header is not.
    private static void WriteHeaders(IHeaderDictionary headers, DecisionAnswer answer)
    {
        headers["x-llm-sentinel-decision"] = answer.Decision;
        headers["x-llm-sentinel-reason"] = answer.Reason;
        headers["x-llm-sentinel-ttl"] = answer.TtlSeconds.ToString(CultureInfo.InvariantCulture);
        headers["x-llm-sentinel-stale"] = answer.Stale ? "true" : "false";
        headers["x-llm-sentinel-decision-id"] = answer.DecisionId;
        headers.CacheControl = "no-store";
    }
}
