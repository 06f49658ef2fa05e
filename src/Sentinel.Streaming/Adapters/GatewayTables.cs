using System.Collections.Immutable;
using static Sentinel.Streaming.Adapters.AdapterRow;
using C = Sentinel.Streaming.Adapters.Conversions;
using D = Sentinel.Streaming.Adapters.ExchangeDraft;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Where every property of exchange.v1 stands in the records of each gateway. Of the rows of a property the first that
/// yields a value counts, of a row's sources likewise. schemas/adapters.md shows these tables.
/// </summary>
internal static partial class GatewayTables
{
    private const string AnswerTargets = "response.output_sketch";

    /// <summary>The rows of a format.</summary>
    public static ImmutableArray<AdapterRow> RowsOf(GatewayFormat format) => format switch
    {
        GatewayFormat.LiteLlm => LiteLlm,
        GatewayFormat.Otlp => Otlp,
        GatewayFormat.OpenAi => OpenAi,
        _ => Anthropic,
    };

    /// <summary>
    /// LiteLLM. The account is the key's hash, then whoever it belongs to, then the end user that the client names,
    /// then the team. What only administrators set on keys may say more about the account.
    /// </summary>
    private static readonly ImmutableArray<AdapterRow> LiteLlm =
    [
        Of(D.CallId, C.Text, "id", "litellm_call_id"),
        Of(D.TraceId, C.Text, "trace_id"),
        Of("occurred_at", C.Time, "startTime", "start_time", "completionStartTime", "endTime", "end_time"),
        Of(D.EndedAt, C.Time, "endTime", "end_time"),
        Of("account.id", C.AccountId, "metadata.user_api_key_hash", "metadata.user_api_key_user_id",
            "end_user", "metadata.user_api_key_end_user_id", "metadata.user_api_key_team_id",
            "metadata.user_api_key_org_id"),
        Of("account.org_id", C.Text, "metadata.user_api_key_org_id", "metadata.user_api_key_team_id"),
        Of("account.created_at", C.Time, "metadata.user_api_key_auth_metadata.created_at"),
        Of("account.plan", C.Text, "metadata.user_api_key_auth_metadata.plan"),
        Of("account.signup_route", C.Text, "metadata.user_api_key_auth_metadata.signup_route"),
        Of("account.email_domain", C.EmailDomain, "metadata.user_api_key_user_email"),
        Of("account.payment_hash", C.Text, "metadata.user_api_key_auth_metadata.payment_hash"),
        Of("account.country", C.Text, "metadata.user_api_key_auth_metadata.country"),
        Of("client.ip", C.Address, "requester_ip_address", "metadata.requester_ip_address"),
        Of("client.user_agent", C.UserAgentTag, "request_tags"),
        Of("client.user_agent", C.Text, "metadata.user_agent", "metadata.requester_metadata.user_agent"),
        Of("client.ja4", C.Text, "metadata.requester_custom_headers.x-ja4", "metadata.spend_logs_metadata.ja4"),
        Of("client.api_key_id", C.Text, "metadata.user_api_key_hash"),
        Of("request.model", C.Text, "model", "model_group", "model_id", "response.model"),
        Of("request.operation", C.Operation, "call_type"),
        Of("request.conversation_id", C.Text, "metadata.requester_metadata.session_id", "trace_id"),
        Of("request.system", Conversations.System, "model_parameters.system", "model_parameters.instructions"),
        Of("request.messages", Conversations.Messages, "messages"),
        Of("request.tools", C.Names, "model_parameters.tools", "model_parameters.functions"),
        Of("request.max_tokens", C.Count, "model_parameters.max_completion_tokens", "model_parameters.max_tokens",
            "model_parameters.max_output_tokens"),
        Of("request.temperature", C.Real, "model_parameters.temperature"),
        Of("request.n", C.AtLeastOne, "model_parameters.n"),
        Of("request.logprobs", C.Flag, "model_parameters.logprobs", "model_parameters.top_logprobs"),
        Of("request.stream", C.Flag, "stream", "model_parameters.stream"),
        Of("request.reasoning", C.Effort, "model_parameters.reasoning_effort", "model_parameters.reasoning",
            "model_parameters.thinking"),
        Of("response.status", C.Success, "status"),
        Of("response.status", C.Status, "error_information.error_code", "error_code"),
        Of("response.status", C.Failure, "status", "error_information.error_class", "error_str"),
        Of("response.status", C.Answered, "response"),
        Of("response.refused", C.PolicyError, "error_information.error_class", "error_str"),
        Of("response.refused", C.Intervened, "status_fields.guardrail_status"),
        Of("response.input_tokens", C.Tokens, "prompt_tokens"),
        Of("response.output_tokens", C.Tokens, "completion_tokens"),
        Of("response.latency_ms", C.Seconds, "response_time"),
        Of(AnswerTargets, Answers.Answer, "response"),
    ];

    /// <summary>
    /// OpenTelemetry. The account is what the provider's own attribute says, then the signed-in user, then the end
    /// user.
    /// </summary>
    private static readonly ImmutableArray<AdapterRow> Otlp =
    [
        OfAttributes(D.CallId, C.Text, OtlpRecords.Call, "gen_ai.response.id"),
        OfAttributes("occurred_at", C.Time, OtlpRecords.Started, OtlpRecords.Logged),
        OfAttributes(D.EndedAt, C.Time, OtlpRecords.Ended),
        OfAttributes("account.id", C.AccountId, "llm_sentinel.account.id", "user.id", "enduser.id",
            "enduser.pseudo.id", "gen_ai.user.id", "traceloop.association.properties.user_id",
            "metadata.user_api_key_hash"),
        OfAttributes("account.org_id", C.Text, "llm_sentinel.account.org_id", "gen_ai.organization.id",
            "organization.id"),
        OfAttributes("account.created_at", C.Time, "llm_sentinel.account.created_at"),
        OfAttributes("account.plan", C.Text, "llm_sentinel.account.plan"),
        OfAttributes("account.signup_route", C.Text, "llm_sentinel.account.signup_route"),
        OfAttributes("account.email_domain", C.EmailDomain, "user.email"),
        OfAttributes("account.payment_hash", C.Text, "llm_sentinel.account.payment_hash"),
        OfAttributes("account.country", C.Text, "llm_sentinel.account.country"),
        OfAttributes("client.ip", C.Address, "client.address", "source.address", "http.client_ip"),
        OfAttributes("client.asn", C.SystemNumber, "llm_sentinel.client.asn", "client.as.number"),
        OfAttributes("client.country", C.Text, "llm_sentinel.client.country", "geo.country.iso_code"),
        OfAttributes("client.user_agent", C.Text, "user_agent.original", "http.user_agent"),
        OfAttributes("client.ja4", C.Text, "tls.client.ja4", "llm_sentinel.client.ja4"),
        OfAttributes("client.api_key_id", C.Text, "llm_sentinel.client.api_key_id"),
        OfAttributes("request.model", C.Text, "gen_ai.request.model", "gen_ai.response.model", "llm.request.model",
            "llm.model_name"),
        OfAttributes("request.operation", C.Operation, "gen_ai.operation.name", "llm.request.type"),
        OfAttributes("request.conversation_id", C.Text, "gen_ai.conversation.id", "session.id"),
        OfAttributes("request.system", Conversations.System, "gen_ai.system_instructions"),
        OfAttributes("request.messages", Conversations.Messages, "gen_ai.input.messages", OtlpRecords.Messages,
            "gen_ai.prompt", "input.value"),
        OfAttributes("request.tools", C.Names, "gen_ai.tool.definitions"),
        OfAttributes("request.max_tokens", C.Count, "gen_ai.request.max_tokens", "llm.request.max_tokens"),
        OfAttributes("request.temperature", C.Real, "gen_ai.request.temperature"),
        OfAttributes("request.n", C.AtLeastOne, "gen_ai.request.choice.count"),
        OfAttributes("request.logprobs", C.Flag, "gen_ai.request.logprobs"),
        OfAttributes("request.stream", C.Flag, "gen_ai.request.stream", "llm.is_streaming"),
        OfAttributes("request.reasoning", C.Effort, "gen_ai.request.reasoning.effort",
            "gen_ai.openai.request.reasoning_effort"),
        OfAttributes("response.status", C.Status, "http.response.status_code", "http.status_code", "error.type"),
        OfAttributes("response.status", C.Failure, "error.type", OtlpRecords.StatusCode),
        OfAttributes("response.status", C.Success, OtlpRecords.Ok),
        OfAttributes("response.refused", C.PolicyError, "error.type"),
        OfAttributes("response.finish_reason", C.Text, "gen_ai.response.finish_reasons"),
        OfAttributes("response.input_tokens", C.Tokens, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        OfAttributes("response.output_tokens", C.Tokens, "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens"),
        OfAttributes("response.reasoning_tokens", C.Tokens, "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens"),
        OfAttributes(AnswerTargets, Answers.Answer, "gen_ai.output.messages", OtlpRecords.Choices,
            "gen_ai.completion", "output.value"),
    ];
}
