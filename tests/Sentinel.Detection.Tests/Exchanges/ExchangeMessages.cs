using System.Text;
using Google.Protobuf;
using Sentinel.Detection.Exchanges;
using Sentinel.Testing;
using Wire = LlmSentinel.Exchange.V1;

namespace Sentinel.Detection.Tests.Exchanges;

/// <summary>
/// Events as messages of the Protobuf library, and exchanges as text. The library reads exchange.v1's own JSON: the
/// schema promises that its JSON mapping is the event.
/// </summary>
internal static class ExchangeMessages
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>The message that says what a JSON event says.</summary>
    public static Wire.Exchange FromJson(ExchangeJson json) => Parser.Parse<Wire.Exchange>(json.ToString());

    /// <summary>All that an exchange says, in one text.</summary>
    public static string Describe(Exchange exchange)
    {
        var text = new StringBuilder();
        foreach (var property in typeof(Exchange).GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            // Segments are told below by their text: where they stand in the buffer is each decoder's own affair.
            if (!property.PropertyType.IsByRefLike)
            {
                text.Append(property.Name).Append('=').Append(property.GetValue(exchange)).Append('\n');
            }
        }

        foreach (var segment in exchange.Segments)
        {
            text.Append(segment.Role).Append(':').Append(Encoding.UTF8.GetString(exchange.TextOf(segment)));
            text.Append('\n');
        }

        text.Append("refs=").AppendJoin(',', exchange.ReasoningRefs.ToArray()).Append('\n');
        text.Append("sketch=");
        if (exchange.HasOutputSketch)
        {
            text.AppendJoin(',', exchange.OutputSketch.ToArray());
        }

        return text.ToString();
    }
}
