using System.Collections.Immutable;

namespace Sentinel.Streaming.Adapters;

/// <summary>Whose logs are turned into exchange.v1.</summary>
public enum GatewayFormat : byte
{
    /// <summary>LiteLLM's StandardLoggingPayload.</summary>
    LiteLlm,

    /// <summary>OpenTelemetry's GenAI events and spans, as OTLP/JSON.</summary>
    Otlp,

    /// <summary>
    /// Access logs with bodies of the OpenAI API: chat completions, completions, responses, embeddings.
    /// </summary>
    OpenAi,

    /// <summary>Access logs with bodies of the Anthropic API: messages.</summary>
    Anthropic,
}

/// <summary>What the formats are called from outside.</summary>
public static class GatewayFormats
{
    private static readonly ImmutableArray<string> Names = ["litellm", "otlp", "openai", "anthropic"];

    /// <summary>All of them.</summary>
    public static ImmutableArray<GatewayFormat> All { get; } =
        [GatewayFormat.LiteLlm, GatewayFormat.Otlp, GatewayFormat.OpenAi, GatewayFormat.Anthropic];

    /// <summary>The name in addresses, options and documents.</summary>
    public static string NameOf(GatewayFormat format) => Names[(int)format];

    /// <summary>The format of a name; false when there is none.</summary>
    public static bool TryParse(string name, out GatewayFormat format)
    {
        var index = Names.IndexOf(name);
        format = index < 0 ? default : (GatewayFormat)index;
        return index >= 0;
    }
}
