using System.Collections.Immutable;

namespace Sentinel.Api.Security;

/// <summary>What a caller may ask for.</summary>
[Flags]
public enum CallerScopes : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Decisions, by any front.</summary>
    Fronts = 1,

    /// <summary>To hand in exchanges and logs.</summary>
    Ingest = 2,

    /// <summary>Findings: accounts, campaigns, what was decided.</summary>
    Admin = 4,

    /// <summary>To file appeals, as the provider's support system does.</summary>
    Appeals = 8,

    /// <summary>Reviewing, as a viewer may.</summary>
    Viewer = 16,

    /// <summary>Reviewing, as an analyst may.</summary>
    Analyst = 32,

    /// <summary>Reviewing, as a lead may.</summary>
    Lead = 64,

    /// <summary>What was shared with the caller, over TAXII.</summary>
    Taxii = 128,
}

/// <summary>Scopes as text.</summary>
internal static class CallerScopesText
{
    private static readonly ImmutableArray<string> Names = ["fronts", "ingest", "admin", "appeals", "viewer", "analyst", "lead"];

    /// <summary>Reads scopes separated by commas; false for none and for anything else.</summary>
    public static bool TryRead(string text, out CallerScopes scopes)
    {
        scopes = CallerScopes.None;
        foreach (var name in text.Split(','))
        {
            if (name == "taxii")
            {
                scopes |= CallerScopes.Taxii;
                continue;
            }

            var index = Names.IndexOf(name);
            if (index < 0)
            {
                return false;
            }

            scopes |= (CallerScopes)(1 << index);
        }

        return true;
    }
}
