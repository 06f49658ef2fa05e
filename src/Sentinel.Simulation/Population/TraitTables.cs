using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Simulation.Recipes;
using Sentinel.Simulation.Text;

namespace Sentinel.Simulation.Population;

/// <summary>A country as the simulator needs it.</summary>
/// <param name="Code">ISO 3166-1 alpha-2.</param>
/// <param name="OffsetMinutes">Of its clocks from UTC; no summer time.</param>
/// <param name="Language">Language most of its accounts write; the others write English.</param>
internal sealed record Country(JsonEncodedText Code, int OffsetMinutes, string Language);

/// <summary>A client program.</summary>
/// <param name="UserAgent">As it names itself.</param>
/// <param name="Ja4">TLS fingerprints of its builds.</param>
internal sealed record Client(JsonEncodedText UserAgent, ImmutableArray<JsonEncodedText> Ja4);

/// <summary>
/// The distributions of all accounts, innocent or not: a group deviates only where its recipe says so, hence none of
/// these fields gives a label away. The values are made up, their proportions plausible.
/// </summary>
internal static class TraitTables
{
    private static readonly (string Code, int Offset, string Language, double Weight)[] CountryRows =
    [
        ("US", -360, "en", 22), ("IN", 330, "en", 12), ("GB", 0, "en", 6), ("DE", 60, "de", 7), ("AT", 60, "de", 1),
        ("FR", 60, "fr", 6), ("CA", -300, "en", 4), ("ES", 60, "es", 4), ("MX", -360, "es", 4), ("AR", -180, "es", 2),
        ("BR", -180, "en", 5), ("CN", 480, "zh", 6), ("TW", 480, "zh", 2), ("SG", 480, "en", 4), ("JP", 540, "en", 4),
        ("KR", 540, "en", 3), ("RU", 180, "ru", 3), ("KZ", 300, "ru", 1), ("NG", 60, "en", 2), ("AU", 600, "en", 3),
    ];

    private static readonly (string Agent, int Builds, double Weight)[] ClientRows =
    [
        ("python-sdk/1.51.0", 3, 20), ("python-sdk/1.44.2", 2, 8), ("node-sdk/4.67.1", 2, 12), ("httpx/0.27", 2, 7),
        ("python-requests/2.32", 3, 9), ("axios/1.7", 2, 6), ("Go-http-client/2.0", 3, 8), ("okhttp/4.12", 2, 5),
        ("curl/8.5", 2, 4), ("java-sdk/2.3", 2, 4), ("dotnet-sdk/2.1", 1, 4), ("gateway-proxy/1.48", 2, 6),
        ("reqwest/0.12", 1, 3), ("Mozilla/5.0 desktop-app", 3, 4),
    ];

    private static readonly Dictionary<string, Country> CountryByCode = CountryRows.ToDictionary(
        row => row.Code,
        row => new Country(JsonEncodedText.Encode(row.Code), row.Offset, row.Language),
        StringComparer.Ordinal);

    private static readonly Dictionary<string, ImmutableArray<JsonEncodedText>> ToolsBySet =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["none"] = [],
            ["documents"] = ["search_documents"],
            ["editor"] = ["read_file", "edit_file", "run_tests"],
            ["office"] = ["calendar", "directory"],
            ["browser"] = ["open_page", "click", "type_text", "screenshot"],
            ["shell"] = ["run_command", "read_file"],
        }.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Select(tool => JsonEncodedText.Encode(tool)).ToImmutableArray(),
            StringComparer.Ordinal);

    /// <summary>Countries that accounts declare.</summary>
    public static Mix<string> Countries { get; } = new(CountryRows.Select(row => (row.Code, row.Weight)).ToArray());

    /// <summary>Client programs.</summary>
    public static Mix<Client> Clients { get; } = new(ClientRows.Select(row => (NewClient(row), row.Weight)).ToArray());

    /// <summary>Plans.</summary>
    public static Mix<string> Plans { get; } =
        new(("free", 22), ("payg", 38), ("pro", 22), ("team", 12), ("enterprise", 6));

    /// <summary>Ways to sign up.</summary>
    public static Mix<string> SignupRoutes { get; } = new(
        ("self_serve", 58), ("education", 9), ("research", 8), ("startup", 9), ("enterprise", 7), ("reseller", 5),
        ("cloud_marketplace", 4));

    /// <summary>Domains of e-mail addresses; <c>own</c> stands for a domain that the account has to itself.</summary>
    public static Mix<string> EmailDomains { get; } = new(
        ("mail.example", 34), ("post.example", 18), ("inbox.example", 12), ("students.example", 6),
        ("qmail.example", 6), ("private.example", 4), ("own", 20));

    /// <summary>Kinds of network.</summary>
    public static Mix<string> Networks { get; } = new(
        ("residential", 34), ("mobile", 13), ("hosting", 24), ("corporate", 14), ("education", 5), ("vpn", 7),
        ("proxy", 3));

    /// <summary>Sets of tools.</summary>
    public static Mix<string> ToolSets { get; } = new(
        ("none", 70), ("documents", 9), ("editor", 8), ("office", 5), ("browser", 4), ("shell", 4));

    /// <summary>Most turns of a conversation.</summary>
    public static Mix<int> TurnsMax { get; } = new((1, 50), (2, 15), (3, 15), (4, 12), (6, 8));

    /// <summary>Models, the more capable ones more often.</summary>
    public static Mix<JsonEncodedText> Models { get; } = new(
        (JsonEncodedText.Encode("large-4"), 45), (JsonEncodedText.Encode("medium-4"), 30),
        (JsonEncodedText.Encode("small-4"), 17), (JsonEncodedText.Encode("large-3"), 8));

    /// <summary>Reasoning efforts.</summary>
    public static Mix<JsonEncodedText> Reasonings { get; } = new(
        (JsonEncodedText.Encode("off"), 30), (JsonEncodedText.Encode("low"), 20),
        (JsonEncodedText.Encode("medium"), 28), (JsonEncodedText.Encode("high"), 22));

    /// <summary>Sampling temperatures; NaN is not said.</summary>
    public static Mix<double> Temperatures { get; } =
        new((double.NaN, 30), (0.0, 22), (0.2, 12), (0.7, 18), (1.0, 18));

    /// <summary>Output limits.</summary>
    public static Mix<int> OutputLimits { get; } = new((1024, 20), (2048, 25), (4096, 30), (8192, 20), (16384, 5));

    /// <summary>The names of the tools in that set.</summary>
    public static ImmutableArray<JsonEncodedText> ToolsOf(string set) => ToolsBySet[set];

    /// <summary>The country of that code.</summary>
    public static Country CountryOf(string code) => CountryByCode[code];

    /// <summary>Values a recipe may give a trait; empty where any text will do.</summary>
    public static ImmutableArray<string> Known(Trait trait) => trait switch
    {
        Trait.Country => Countries.Values,
        Trait.Network => Networks.Values,
        Trait.Tools => ToolSets.Values,
        Trait.Language => PromptLibrary.Shared.Languages,
        _ => [],
    };

    private static Client NewClient((string Agent, int Builds, double Weight) row)
    {
        var seed = Detection.Exchanges.KeyHash.Of(row.Agent);
        var ja4 = Enumerable.Range(0, row.Builds).Select(build =>
        {
            var hash = Chance.Derive(seed, (ulong)build).ToString("x16", null);
            return JsonEncodedText.Encode($"t13d15{10 + build:d2}h2_{hash[..12]}_{hash[4..]}");
        });
        return new Client(JsonEncodedText.Encode(row.Agent), [.. ja4]);
    }
}
