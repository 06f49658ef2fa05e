using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Sentinel.Client;

/// <summary>
/// Asks Sentinel about requests. Answers are reused for as long as they say; while it does not answer, the last one serves
/// for a time, then the fail mode. Never throws for what Sentinel or the network does. Thread-safe.
/// </summary>
public sealed class DecisionClient
{
    /// <summary>Name of its <see cref="HttpClient"/> at the factory.</summary>
    public const string HttpClientName = "llm-sentinel";

    private const string KeyHeader = "x-llm-sentinel-key";
    private const int AnswerBytesMax = 16 * 1024;

    private static readonly Uri Path = new("v1/decisions", UriKind.Relative);
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;
    private readonly ClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly DecisionCache _cache;
    private long _pausedUntilTicks;

    /// <summary>A client over its own connections.</summary>
    public DecisionClient(IHttpClientFactory clients, IOptions<ClientOptions> options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options.Value, clock);
        _cache = new DecisionCache(_options.AnswersMax);
        _http = clients.CreateClient(HttpClientName);
        _http.BaseAddress = _options.Address;
        _http.MaxResponseContentBufferSize = AnswerBytesMax;
        if (_options.Key.Length > 0)
        {
            _http.DefaultRequestHeaders.Add(KeyHeader, _options.Key);
        }
    }

    /// <summary>The decision on a request. Without an account it is the fail mode's.</summary>
    public async ValueTask<Decision> DecideAsync(RequestKeys keys, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (string.IsNullOrEmpty(keys.Account))
        {
            return Failed("no_account");
        }

        var isKnown = _cache.TryFind(keys, out var known, out var until);
        if (isKnown && now < until)
        {
            return known! with { Source = DecisionSource.Cache };
        }

        if (now.UtcTicks >= Volatile.Read(ref _pausedUntilTicks) && await AskAsync(keys, cancel) is { } answer)
        {
            _cache.Set(keys, answer, now + answer.Ttl);
            return answer;
        }

        return isKnown && now - until < TimeSpan.FromSeconds(_options.LastAnswerSecondsMax)
            ? known! with { Source = DecisionSource.LastAnswer, IsStale = true }
            : Failed("unreachable");
    }

    private async Task<Decision?> AskAsync(RequestKeys keys, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_options.TimeMsMax);
        try
        {
            var question = new Question(keys.Account, keys.ApiKeyId, keys.Organisation, keys.PaymentHash, keys.Address);
            using var response = await _http.PostAsJsonAsync(Path, question, Json, limit.Token);
            if (response.IsSuccessStatusCode
                && await response.Content.ReadFromJsonAsync<Answer>(Json, limit.Token) is { Decision.Length: > 0 } answer)
            {
                return new Decision(
                    answer.Decision, answer.Reason ?? "", answer.DecisionId ?? "",
                    TimeSpan.FromSeconds(Math.Max(0, answer.TtlSeconds)))
                {
                    ThrottlePerMinute = answer.ThrottlePerMinute, IsStale = answer.Stale,
                };
            }
        }
        catch (Exception cause) when (cause is HttpRequestException or JsonException or NotSupportedException
            || (cause is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // No answer, which is what is said below.
        }

        Volatile.Write(ref _pausedUntilTicks, (_clock.GetUtcNow() + TimeSpan.FromMilliseconds(_options.PauseMs)).UtcTicks);
        return null;
    }

    private Decision Failed(string reason) => new(
        _options.FailMode == FailMode.Open ? Decision.Allow : Decision.Block, reason, "", TimeSpan.Zero)
    {
        Source = DecisionSource.FailMode, IsStale = true,
    };

    private sealed record Question(
        string AccountId, string? ApiKeyId, string? OrgId, string? PaymentHash, string? Address);

    private sealed record Answer(
        string? Decision, string? Reason, string? DecisionId, int TtlSeconds, bool Stale, int? ThrottlePerMinute);
}
