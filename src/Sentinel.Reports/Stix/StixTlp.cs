using System.Text.Json.Nodes;

namespace Sentinel.Reports.Stix;

/// <summary>The markings of the Traffic Light Protocol 2.0, whose ids OASIS has fixed.</summary>
internal static class StixTlp
{
    /// <summary>When the markings were made; also used for what has no time of its own.</summary>
    public const string Epoch = "2022-10-01T00:00:00.000Z";

    private const string Extension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

    public static string IdOf(TlpLabel label) => "marking-definition--" + label switch
    {
        TlpLabel.Red => "e828b379-4e03-4974-9ac4-e53a884c97c1",
        TlpLabel.AmberStrict => "939a9414-2ddd-4d32-a0cd-375ea402b003",
        TlpLabel.Amber => "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        TlpLabel.Green => "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        TlpLabel.Clear => "94868c89-83c2-464b-929b-a1a8aa3c8487",
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "No such label."),
    };

    public static JsonObject Of(TlpLabel label) => new()
    {
        ["type"] = "marking-definition",
        ["spec_version"] = "2.1",
        ["id"] = IdOf(label),
        ["created"] = Epoch,
        ["name"] = ReportWords.Of(label),
        ["extensions"] = new JsonObject
        {
            [Extension] = new JsonObject
            {
                ["extension_type"] = "property-extension",
                ["tlp_2_0"] = ReportWords.Of(label)[4..].ToLowerInvariant(),
            },
        },
    };
}
