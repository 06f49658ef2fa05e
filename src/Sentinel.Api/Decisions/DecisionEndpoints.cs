using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentinel.Api.Gateways;
using Sentinel.Api.Problems;
using Sentinel.Api.Security;

namespace Sentinel.Api.Decisions;

/// <summary><c>/v1/decisions</c>: answers from memory, never from the store.</summary>
internal sealed class DecisionEndpoints(DecisionDesk desk, IOptions<ApiOptions> options, IOptions<JsonOptions> json)
{
    private const int QuestionBytesMax = 2 * 1024 * 1024;
    private const string JsonType = "application/json";

    private readonly ApiOptions _options = options.Value;

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Taken once: a service that an endpoint asks for makes a scope of services for every request.
        var self = routes.ServiceProvider.GetRequiredService<DecisionEndpoints>();
        var needs = new NeedsScope(CallerScopes.Fronts);
        var gate = routes.ServiceProvider.GetRequiredService<CallerGate>();
        var (one, many) = (gate.Before(self.OneAsync, needs), gate.Before(self.ManyAsync, needs));
        var decisions = routes.MapGroup("/v1/decisions").WithTags("Decisions").WithMetadata(AnswersItself.Mark, needs);
        decisions.ShortCircuit();
        decisions.MapGet("/{account}", (string account, HttpContext http) => one(http))
            .WithName("GetDecision")
            .WithSummary("May this account go on?")
            .WithDescription("Always 200 for an account id that can be one: an account never seen is allowed, with "
                + "reason no_verdict. The answer is also in the headers x-llm-sentinel-decision, -reason, -ttl, "
                + "-stale, -decision-id and -fail-mode, for gateways that read no bodies. Ids are percent-encoded; the "
                + "ids \".\" and \"..\" cannot stand in a path: ask for them with POST.")
            .Produces<DecisionAnswer>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        decisions.MapPost("/", (Delegate)many) // Called as the request delegate that it is, and documented.
            .WithName("PostDecisions")
            .WithSummary("Which of these accounts may go on?")
            .WithDescription("Exactly one of account_id and account_ids. For account_id the answer is that of GET, for "
                + "account_ids a list with one answer for each id, in the order asked. Beside account_id may stand what "
                + "else is known of the request: rulings may be on that, too. Alone, account_id is answered fastest, and "
                + "the rest may be in headers.")
            .Produces<DecisionAnswer>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private Task OneAsync(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff"; // A browser may be told to ask this.
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return AccountIdText.TryReadLastSegment(target, out var account)
            ? AnswerAsync(http, account)
            : ApiProblem.BadAccountId().ExecuteAsync(http);
    }

    private Task ManyAsync(HttpContext http)
    {
        if (http.Request.ContentType != JsonType && !http.Request.HasJsonContentType()) // Which makes objects to tell.
        {
            return ApiProblem.ForStatus(StatusCodes.Status415UnsupportedMediaType, http.Request).ExecuteAsync(http);
        }

        try
        {
            return WholeBody.TryRead(http.Request.BodyReader, out var body)
                ? AnswerAsync(http, body)
                : ManySlowlyAsync(http);
        }
        catch (BadHttpRequestException cause)
        {
            return ApiProblem.ForStatus(cause.StatusCode, http.Request).ExecuteAsync(http);
        }
    }

    private async Task ManySlowlyAsync(HttpContext http)
    {
        ReadOnlySequence<byte> body;
        try
        {
            body = await WholeBody.ReadAsync(http.Request.BodyReader, QuestionBytesMax, http.RequestAborted);
        }
        catch (BadHttpRequestException cause)
        {
            await ApiProblem.ForStatus(cause.StatusCode, http.Request).ExecuteAsync(http);
            return;
        }

        await AnswerAsync(http, body);
    }

    private Task AnswerAsync(HttpContext http, in ReadOnlySequence<byte> body)
    {
        var answer = body.Length > QuestionBytesMax
            ? ApiProblem.ForStatus(StatusCodes.Status413PayloadTooLarge, http.Request).ExecuteAsync(http)
            : AnswerOneAsync(http, body) ?? AnswerAny(body).ExecuteAsync(http);
        http.Request.BodyReader.AdvanceTo(body.End); // Nothing of it is needed any more, even if the answer is on its way.
        return answer;
    }

    // Null where it is another question.
    private Task? AnswerOneAsync(HttpContext http, in ReadOnlySequence<byte> body)
    {
        Span<char> account = stackalloc char[QuestionReader.AccountCharsMax];
        return !QuestionReader.TryReadOne(body, account, out var length) ? null
            : AccountIdText.IsValid(account[..length]) ? AnswerAsync(http, account[..length])
            : ApiProblem.BadAccountId().ExecuteAsync(http);
    }

    // The account by its own way, all else in the headers.
    private Task AnswerAsync(HttpContext http, ReadOnlySpan<char> account)
    {
        var policy = desk.Policy;
        return AnswerAsync(http, policy, CallerHeaders.Read(http.Request.Headers, policy, desk.Rulings, account));
    }

    private Task AnswerAsync(HttpContext http, GatewayPolicy policy, scoped in NamedKeys named)
    {
        var account = named.Account;
        var decision = desk.Decide(policy, GatewayKind.Rest, named);
        DecisionHeaders.Write(http.Response.Headers, decision, policy);
        return DecisionJson.WriteAsync(http.Response, account, decision, policy);
    }

    private IResult AnswerAny(in ReadOnlySequence<byte> body)
    {
        if (!QuestionReader.TryRead(body, json.Value.SerializerOptions, out var question))
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_request", "The request cannot be read.");
        }

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

        return question.AccountIds is not null ? Many(ids)
            : AccountIdText.IsValid(ids[0]) ? new OneAnswer(this, question)
            : ApiProblem.BadAccountId();
    }

    private Task AnswerAsync(HttpContext http, DecisionQuestion question) => AnswerAsync(
        http, desk.Policy, new NamedKeys
        {
            Fault = AccountFault.None,
            Account = question.AccountId,
            Plan = question.Plan,
            ApiKey = question.ApiKeyId,
            PaymentHash = question.PaymentHash,
            Organisation = question.OrgId,
            Address = question.Address,
        });

    private IResult Many(IReadOnlyList<string> ids)
    {
        var policy = desk.Policy; // One for all, so that the answers agree.
        var answers = new DecisionAnswer[ids.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            if (!AccountIdText.IsValid(ids[i]))
            {
                return ApiProblem.BadAccountId();
            }

            var named = new NamedKeys { Fault = AccountFault.None, Account = ids[i] };
            var decision = desk.Decide(policy, GatewayKind.Rest, named);
            answers[i] = DecisionAnswer.From(ids[i], decision, policy);
        }

        return TypedResults.Ok(new DecisionAnswers { Decisions = answers });
    }

    private sealed class OneAnswer(DecisionEndpoints endpoints, DecisionQuestion question) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => endpoints.AnswerAsync(httpContext, question);
    }
}
