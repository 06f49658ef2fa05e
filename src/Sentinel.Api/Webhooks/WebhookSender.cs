using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Api.Webhooks;

/// <summary>What came of telling a target.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Fault">Why it was not taken, or null.</param>
internal readonly record struct WebhookOutcome(int Attempts, string? Fault);

/// <summary>Tells targets over HTTP, again after what may pass. Thread-safe.</summary>
/// <param name="chance">Spreads the waits of many processes; 0 to 1.</param>
/// <param name="timeout">How long an answer may take.</param>
/// <param name="clock">Says when, and waits.</param>
internal sealed class WebhookSender(Func<double> chance, TimeSpan timeout, TimeProvider clock) : IDisposable
{
    /// <summary>The header of the signature; as receivers know it from <c>Sentinel.Client</c>.</summary>
    public const string SignatureHeader = "x-llm-sentinel-signature";

    private static readonly TimeSpan WaitFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    // A target that sends elsewhere is not followed: what is configured is what is told.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = timeout,
    };

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Tells a target, at most so often.</summary>
    public async Task<WebhookOutcome> SendAsync(
        WebhookTarget target, string id, byte[] body, int attemptsMax, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (fault, mayPass, wished) = await TryAsync(target, id, body, cancel);
            if (fault is null || !mayPass || attempt >= attemptsMax)
            {
                return new WebhookOutcome(attempt, fault);
            }

            await Task.Delay(WaitBefore(attempt, wished), clock, cancel);
        }
    }

    /// <summary>The value of the header.</summary>
    public static string Sign(string secret, DateTimeOffset now, byte[] body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    // Twice as long each time, between half of it and all; longer where the target wishes.
    private TimeSpan WaitBefore(int attempt, TimeSpan wished)
    {
        var wait = WaitFirst * Math.Pow(2, attempt - 1) * (0.5 + (chance() / 2));
        var longer = wait > wished ? wait : wished;
        return longer < WaitMax ? longer : WaitMax;
    }

    private async Task<(string? Fault, bool MayPass, TimeSpan Wished)> TryAsync(
        WebhookTarget target, string id, byte[] body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("x-llm-sentinel-event", id);
        if (target.IsSplunk)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Splunk", target.Secret);
        }
        else
        {
            request.Headers.Add(SignatureHeader, Sign(target.Secret, clock.GetUtcNow(), body));
        }

        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            var status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode
                ? (null, false, TimeSpan.Zero)
                : ($"status {status.ToString(CultureInfo.InvariantCulture)}", MayPass(answer.StatusCode), WishOf(answer.Headers.RetryAfter));
        }
        catch (HttpRequestException cause)
        {
            return (cause.HttpRequestError.ToString(), true, TimeSpan.Zero);
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ("no answer in time", true, TimeSpan.Zero);
        }
    }

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private TimeSpan WishOf(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : TimeSpan.Zero);
}
