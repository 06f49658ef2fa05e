namespace Sentinel.Api.Reports;

/// <summary>With whom reports are shared. Read at the start; what is wrong is told then.</summary>
public sealed class SharingOptions
{
    /// <summary>Section of the configuration: <c>Sharing</c>, in the environment <c>LLMSENTINEL_Sharing__…</c>.</summary>
    public const string Section = "Sharing";

    /// <summary>Recipients, and sources, that can be named.</summary>
    public const int NamesMax = 100;

    /// <summary>What reports call the provider.</summary>
    public string Publisher { get; init; } = "LLM API provider";

    /// <summary>
    /// File with the installation's secret, 64 hexadecimal digits or more: what recipients' keys follow from. Empty: nothing is
    /// shared under a profile that hashes.
    /// </summary>
    public string SecretFile { get; init; } = "";

    /// <summary>Who gets reports.</summary>
    public List<RecipientOptions> Recipients { get; init; } = [];

    /// <summary>Whose bundles are read.</summary>
    public List<SourceOptions> Sources { get; init; } = [];

    /// <summary>Profiles beside those that are built in, or in their place.</summary>
    public List<ProfileOptions> Profiles { get; init; } = [];
}

/// <summary>A recipient.</summary>
public sealed class RecipientOptions
{
    /// <summary>Its name; its key follows from it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is told: partner, vendor, authority, internal or a profile of one's own.</summary>
    public string Profile { get; init; } = "partner";

    /// <summary>Ids of the keys with which it fetches its collection over TAXII.</summary>
    public List<string> Callers { get; init; } = [];
}

/// <summary>A source of bundles.</summary>
public sealed class SourceOptions
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>File with the key that it handed out, 64 hexadecimal digits; empty where it tells of store keys.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>How much it is trusted, 0..1.</summary>
    public double Weight { get; init; } = 0.5;

    /// <summary>Days after which what it told ends at the latest.</summary>
    public int ValidDaysMax { get; init; } = 90;
}

/// <summary>A profile of one's own: a built-in one with changes.</summary>
public sealed class ProfileOptions
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it begins with.</summary>
    public string Like { get; init; } = "partner";

    /// <summary>Account ids: whole, hashed, left_out; empty for no change.</summary>
    public string Accounts { get; init; } = "";

    /// <summary>Keys: whole, hashed, left_out.</summary>
    public string Keys { get; init; } = "";

    /// <summary>Ids of campaigns: whole, hashed, left_out.</summary>
    public string Campaigns { get; init; } = "";

    /// <summary>The frame: whole, truncated, left_out.</summary>
    public string Frame { get; init; } = "";

    /// <summary>Times: exact, hour, day.</summary>
    public string Times { get; init; } = "";

    /// <summary>Whether counts keep two digits.</summary>
    public bool? RoundCounts { get; init; }

    /// <summary>TLP: red, amber_strict, amber, green, clear.</summary>
    public string Tlp { get; init; } = "";

    /// <summary>Days after which it expires.</summary>
    public int? ValidDays { get; init; }
}
