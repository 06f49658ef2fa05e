using System.Collections.Immutable;
using static Sentinel.Streaming.Adapters.AdapterRow;
using C = Sentinel.Streaming.Adapters.Conversions;
using D = Sentinel.Streaming.Adapters.ExchangeDraft;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Access logs of any proxy, one call a line: an envelope that is the same for all APIs, and in it the headers and bodies
/// of request and response, each as JSON or as text.
/// </summary>
internal static partial class GatewayTables
{
    /// <summary>
    /// The envelope. The account is what the proxy says, then the fingerprint of the key that the client presented,
    /// then the user that the request names.
    /// </summary>
    private static readonly ImmutableArray<AdapterRow> Envelope =
    [
        Of("occurred_at", C.Time, "time", "timestamp", "ts", "start_time", "started_at", "@timestamp"),
        Of(D.EndedAt, C.Time, "end_time", "ended_at"),
        Of("account.id", C.AccountId, "account.id", "account_id", "consumer.id", "consumer_id", "user_id"),
        Of("account.id", C.Secret, "request.headers.authorization", "request.headers.x-api-key",
            "request.headers.api-key", "request_headers.authorization", "request_headers.x-api-key"),
        Of("account.org_id", C.Text, "account.org_id", "response.headers.openai-organization",
            "response.headers.anthropic-organization-id", "response_headers.openai-organization",
            "response_headers.anthropic-organization-id"),
        Of("account.created_at", C.Time, "account.created_at"),
        Of("account.plan", C.Text, "account.plan"),
        Of("account.signup_route", C.Text, "account.signup_route"),
        Of("account.email_domain", C.Text, "account.email_domain"),
        Of("account.email_hash", C.Text, "account.email_hash"),
        Of("account.payment_hash", C.Text, "account.payment_hash"),
        Of("account.phone_hash", C.Text, "account.phone_hash"),
        Of("account.country", C.Text, "account.country"),
        Of("client.ip", C.Address, "client.ip", "client_ip", "remote_addr", "ip", "request.headers.x-forwarded-for",
            "request_headers.x-forwarded-for"),
        Of("client.asn", C.SystemNumber, "client.asn", "asn"),
        Of("client.country", C.Text, "client.country", "request.headers.cf-ipcountry"),
        Of("client.network", C.Text, "client.network"),
        Of("client.user_agent", C.Text, "client.user_agent", "user_agent", "request.headers.user-agent",
            "request_headers.user-agent"),
        Of("client.ja4", C.Text, "client.ja4", "ja4", "request.headers.x-ja4", "request_headers.x-ja4"),
        Of("client.device_hash", C.Text, "client.device_hash"),
        Of("client.api_key_id", C.Text, "client.api_key_id", "api_key_id"),
        Of("client.api_key_id", C.Secret, "request.headers.authorization", "request.headers.x-api-key",
            "request.headers.api-key", "request_headers.authorization", "request_headers.x-api-key"),
        Of("request.operation", C.Operation, "path", "url", "uri", "request.path", "request.url"),
        Of("response.status", C.Status, "status", "status_code", "response.status", "response.status_code"),
        Of("response.latency_ms", C.Count, "duration_ms", "latency_ms"),
        Of("response.latency_ms", C.Seconds, "duration", "duration_s", "request_time"),
    ];

    private static readonly ImmutableArray<AdapterRow> OpenAi =
    [
        Of(D.CallId, C.Text, "id", "request_id", "response.headers.x-request-id", "response_headers.x-request-id",
            "response.body.id", "response_body.id"),
        .. Envelope,
        Of("account.id", C.AccountId, "request.body.safety_identifier", "request.body.user",
            "request_body.safety_identifier", "request_body.user"),
        .. Bodies("request.model", C.Text, "model"),
        Of("request.model", C.Text, "response.body.model", "response_body.model", "model"),
        .. Bodies("request.conversation_id", C.Text, "conversation.id", "conversation", "prompt_cache_key"),
        .. Bodies(D.Continues, C.Text, "previous_response_id"),
        .. Bodies("request.system", Conversations.System, "instructions"),
        .. Bodies("request.messages", Conversations.Messages, "messages", "input", "prompt"),
        .. Bodies("request.tools", C.Names, "tools", "functions"),
        .. Bodies("request.max_tokens", C.Count, "max_completion_tokens", "max_output_tokens", "max_tokens"),
        .. Bodies("request.temperature", C.Real, "temperature"),
        .. Bodies("request.n", C.AtLeastOne, "n"),
        .. Bodies("request.logprobs", C.Flag, "logprobs", "top_logprobs"),
        .. Bodies("request.stream", C.Flag, "stream"),
        .. Bodies("request.reasoning", C.Effort, "reasoning_effort", "reasoning"),
        Of("response.refused", C.PolicyError, "response.body.error.code", "response_body.error.code"),
        Of(AnswerTargets, Answers.Answer, "response.body", "response_body"),
    ];

    private static readonly ImmutableArray<AdapterRow> Anthropic =
    [
        Of(D.CallId, C.Text, "id", "request_id", "response.headers.request-id", "response_headers.request-id",
            "response.body.id", "response_body.id"),
        .. Envelope,
        Of("account.id", C.AccountId, "request.body.metadata.user_id", "request_body.metadata.user_id"),
        .. Bodies("request.model", C.Text, "model"),
        Of("request.model", C.Text, "response.body.model", "response_body.model", "model"),
        .. Bodies("request.system", Conversations.System, "system"),
        .. Bodies("request.messages", Conversations.Messages, "messages", "prompt"),
        .. Bodies("request.tools", C.Names, "tools"),
        .. Bodies("request.max_tokens", C.Count, "max_tokens", "max_tokens_to_sample"),
        .. Bodies("request.temperature", C.Real, "temperature"),
        .. Bodies("request.stream", C.Flag, "stream"),
        .. Bodies("request.reasoning", C.Effort, "output_config", "thinking"),
        Of(AnswerTargets, Answers.Answer, "response.body", "response_body"),
    ];

    private static ImmutableArray<AdapterRow> Bodies(string target, Conversion conversion, params string[] names) =>
    [
        Of(target, conversion,
            [.. names.Select(name => $"request.body.{name}"), .. names.Select(name => $"request_body.{name}")]),
    ];
}
