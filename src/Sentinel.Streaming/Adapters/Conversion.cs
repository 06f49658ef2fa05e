using System.Collections.Immutable;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>Makes a gateway's value one of exchange.v1.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Description">What it does, for the document.</param>
/// <param name="Apply">
/// Sets the property in the draft; false when the value says nothing of the kind, and the next source is asked.
/// </param>
internal sealed record Conversion(
    string Name, string Description, Func<JsonElement, ExchangeDraft, string, bool> Apply);

/// <summary>One row of an adapter's table.</summary>
/// <param name="Target">Property of exchange.v1, or several that one value tells.</param>
/// <param name="Conversion">How the value is made.</param>
/// <param name="Sources">Where it stands, best first.</param>
internal sealed record AdapterRow(string Target, Conversion Conversion, ImmutableArray<SourcePath> Sources)
{
    /// <summary>A row whose sources are paths through objects.</summary>
    public static AdapterRow Of(string target, Conversion conversion, params string[] sources) =>
        new(target, conversion, [.. sources.Select(SourcePath.Nested)]);

    /// <summary>A row whose sources are attributes.</summary>
    public static AdapterRow OfAttributes(string target, Conversion conversion, params string[] sources) =>
        new(target, conversion, [.. sources.Select(SourcePath.Attribute)]);

    /// <summary>Fills the draft from the first source that has a value of use.</summary>
    public void Apply(SourceRecord record, ExchangeDraft draft)
    {
        if (draft.Has(Target))
        {
            return;
        }

        foreach (var source in Sources)
        {
            if (record.TryFind(source, out var value) && Conversion.Apply(value, draft, Target))
            {
                return;
            }
        }
    }
}
