using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>A decision in the headers of an answer, for gateways that read no bodies.</summary>
internal static class DecisionHeaders
{
    public const string Decision = "x-llm-sentinel-decision";
    public const string Reason = "x-llm-sentinel-reason";
    public const string Ttl = "x-llm-sentinel-ttl";
    public const string Stale = "x-llm-sentinel-stale";
    public const string DecisionId = "x-llm-sentinel-decision-id";
    public const string Mode = "x-llm-sentinel-fail-mode";
    public const string Throttle = "x-llm-sentinel-throttle-per-minute";

    private const int TextCharsMax = 200;

    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Writes all of them. No account id: it is whatever its sender likes, and a header is not.</summary>
    public static void Write(IHeaderDictionary headers, in GatewayDecision decision, GatewayPolicy policy)
    {
        headers[Decision] = WireNames.Of(decision.Action);
        headers[Reason] = TextOf(decision.Reason);
        headers[Ttl] = policy.TextOfTtl(decision.TtlSeconds);
        headers[Stale] = TextOf(decision.IsStale);
        headers[DecisionId] = TextOf(decision.DecisionId);
        headers[Mode] = TextOf(decision.FailMode);
        if (decision.Action == DecisionAction.Throttle)
        {
            headers[Throttle] = policy.ThrottleRate;
        }

        headers.CacheControl = "no-store";
    }

    public static string TextOf(bool value) => value ? "true" : "false";

    public static string TextOf(FailMode mode) => mode == FailMode.Open ? "open" : "closed";

    /// <summary>A code or id as a header may carry it. Those of rulings come from outside the program.</summary>
    public static string TextOf(string text)
    {
        if (text.Length <= TextCharsMax && !text.AsSpan().ContainsAnyExcept(Safe))
        {
            return text;
        }

        return string.Create(Math.Min(text.Length, TextCharsMax), text, static (safe, from) =>
        {
            for (var i = 0; i < safe.Length; i++)
            {
                safe[i] = Safe.Contains(from[i]) ? from[i] : '_';
            }
        });
    }
}
