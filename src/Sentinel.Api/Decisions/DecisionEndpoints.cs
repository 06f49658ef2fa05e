using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Gateways;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Decisions;

/// <summary><c>/v1/decisions</c>: answers from memory, never from the store.</summary>
internal sealed class DecisionEndpoints(DecisionDesk desk, IOptions<ApiOptions> options)
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
                + "reason no_verdict. The answer is also in the headers x-llm-sentinel-decision, -reason, -ttl, -stale, "
                + "-decision-id and -fail-mode, for gateways that read no bodies. Ids are percent-encoded; the ids \".\" and "
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

        return TypedResults.Ok(Answer(account, desk.Policy, http.Response.Headers));
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

        var policy = desk.Policy; // One for all, so that the answers agree.
        var headers = question.AccountId is null ? null : http.Response.Headers;
        var answers = new DecisionAnswer[ids.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            if (!AccountIdText.IsValid(ids[i]))
            {
                return ApiProblem.BadAccountId();
            }

            answers[i] = Answer(ids[i], policy, headers);
        }

        return headers is null
            ? TypedResults.Ok(new DecisionAnswers { Decisions = answers })
            : TypedResults.Ok(answers[0]);
    }

    private DecisionAnswer Answer(string account, GatewayPolicy policy, IHeaderDictionary? headers)
    {
        var decision = desk.Decide(policy, GatewayKind.Rest, AccountFault.None, account, plan: default);
        if (headers is not null)
        {
            DecisionHeaders.Write(headers, decision, policy);
        }

        return DecisionAnswer.From(account, decision, policy);
    }
}
