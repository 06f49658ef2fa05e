using System.Buffers;

namespace Sentinel.Api.Gateways;

/// <summary>
/// What a client is told that is turned away: in its provider's error format, so that its library raises the typed
/// error
/// of a 403 and does not try again. Says nothing of why: whoever reads it may be looking for the threshold.
/// </summary>
internal static class DenyBody
{
    public const string MediaType = "application/json";

    /// <summary>The same for people.</summary>
    public const string Message =
        "This account may not use the service. If you think that this is a mistake, contact support.";

    private static readonly SearchValues<string> AnthropicPaths =
        SearchValues.Create(["/v1/messages", "/v1/complete", "/anthropic/"], StringComparison.OrdinalIgnoreCase);

    /// <summary>As OpenAI's API writes it.</summary>
    public static ReadOnlyMemory<byte> OpenAi { get; } = """
        {"error":{"message":"This account may not use the service. If you think that this is a mistake, contact support.","type":"request_forbidden","param":null,"code":"account_blocked"}}
        """u8.ToArray();

    /// <summary>As Anthropic's API writes it.</summary>
    public static ReadOnlyMemory<byte> Anthropic { get; } = """
        {"type":"error","error":{"type":"permission_error","message":"This account may not use the service. If you think that this is a mistake, contact support."}}
        """u8.ToArray();

    /// <summary>The body for a request.</summary>
    /// <param name="format">What is configured.</param>
    /// <param name="path">Path that the client asked for, with or without its query.</param>
    /// <param name="hasVersionHeader">Whether the client sent <c>anthropic-version</c>.</param>
    public static ReadOnlyMemory<byte> For(DenyFormat format, ReadOnlySpan<char> path, bool hasVersionHeader) =>
        format switch
        {
            DenyFormat.OpenAi => OpenAi,
            DenyFormat.Anthropic => Anthropic,
            _ => hasVersionHeader || IsAnthropic(path) ? Anthropic : OpenAi,
        };

    // "/v1/completions" is OpenAI's and begins like Anthropic's "/v1/complete".
    private static bool IsAnthropic(ReadOnlySpan<char> path)
    {
        var end = path.IndexOf('?');
        path = end < 0 ? path : path[..end];
        return path.ContainsAny(AnthropicPaths)
            && !path.Contains("/v1/completions", StringComparison.OrdinalIgnoreCase);
    }
}
