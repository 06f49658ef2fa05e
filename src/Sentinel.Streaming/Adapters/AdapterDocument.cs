using System.Text;

namespace Sentinel.Streaming.Adapters;

/// <summary>The adapters' tables as a document: <c>schemas/adapters.md</c>.</summary>
public static class AdapterDocument
{
    /// <summary>Writes it, in Markdown.</summary>
    public static string Render()
    {
        var text = new StringBuilder("""
            # From gateways' logs to exchange.v1

            Made from the tables in `src/Sentinel.Streaming/Adapters`; a test holds this file against them
            (`UPDATE_GOLDENS=1` writes it anew). Of the rows of a property the first that yields a value counts, and of
            a row's sources likewise; null and blank are as good as missing. What stands under a name with `~` is used
            to finish the event: `~id` and `~trace_id` name it (together `id:trace_id`; longer than 64 bytes, their
            hash; without an id, a hash of all that is known), `~ended_at` gives the latency, `~continues` says that
            earlier messages are missing. The turn is the number of user messages. A property that is required and
            cannot be had makes the record a dead letter, with the property's name.

            """.ReplaceLineEndings("\n"));
        foreach (var format in GatewayFormats.All)
        {
            text.Append("\n## ").Append(GatewayFormats.NameOf(format)).Append("\n\n");
            text.Append("| exchange.v1 | conversion | from, best first |\n| --- | --- | --- |\n");
            foreach (var row in GatewayTables.RowsOf(format))
            {
                text.Append("| `").Append(row.Target).Append("` | ").Append(row.Conversion.Name).Append(" | ");
                text.AppendJoin(", ", row.Sources.Select(static source => $"`{source.Text}`")).Append(" |\n");
            }
        }

        text.Append("\n## Conversions\n\n");
        var conversions = GatewayFormats.All.SelectMany(static format => GatewayTables.RowsOf(format))
            .Select(static row => row.Conversion).Distinct();
        foreach (var conversion in conversions.OrderBy(static conversion => conversion.Name, StringComparer.Ordinal))
        {
            text.Append("- **").Append(conversion.Name).Append("**: ").Append(conversion.Description).Append('\n');
        }

        return text.ToString();
    }
}
