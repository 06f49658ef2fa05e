using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Hosting.Serving;

/// <summary>What a process does; several processes of one role share its work.</summary>
[Flags]
internal enum ServeRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reads exchanges and judges accounts.</summary>
    Account = 1,

    /// <summary>Learns which accounts share which keys.</summary>
    Links = 2,

    /// <summary>Judges groups; one process is active and the others stand by.</summary>
    Campaigns = 4,

    /// <summary>Answers decisions, takes exchanges over HTTP, shows findings.</summary>
    Api = 8,

    /// <summary>All of it.</summary>
    All = Account | Links | Campaigns | Api,
}

/// <summary>Roles as text.</summary>
internal static class ServeRolesText
{
    /// <summary>What may be written.</summary>
    public const string Names = "all, account, links, campaigns or api, several separated by commas";

    /// <summary>Reads roles; false for anything else and for none.</summary>
    public static bool TryRead(string text, out ServeRoles roles)
    {
        roles = ServeRoles.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryReadOne(name, out var role))
            {
                return false;
            }

            roles |= role;
        }

        return roles != ServeRoles.None;
    }

    /// <summary>As they would be written.</summary>
    public static string Of(ServeRoles roles) => roles == ServeRoles.All
        ? "all"
        : string.Join(',', Enum.GetValues<ServeRoles>()
            .Where(role => int.PopCount((int)role) == 1 && roles.HasFlag(role))
            .Select(static role => role.ToString().ToLowerInvariant()));

    [SuppressMessage("Globalization", "CA1308", Justification = "Names are written in lower case.")]
    private static bool TryReadOne(string name, out ServeRoles role)
    {
        role = name switch
        {
            "all" => ServeRoles.All,
            "account" => ServeRoles.Account,
            "links" => ServeRoles.Links,
            "campaigns" => ServeRoles.Campaigns,
            "api" => ServeRoles.Api,
            _ => ServeRoles.None,
        };
        return role != ServeRoles.None;
    }
}
