using System.Collections.Immutable;

namespace Sentinel.Api.People;

/// <summary>What somebody is here for. The first four are people's; append, never reorder.</summary>
public enum ReviewRole : byte
{
    /// <summary>Looks.</summary>
    Viewer,

    /// <summary>Decides.</summary>
    Analyst,

    /// <summary>Decides with others, and on others' decisions.</summary>
    Lead,

    /// <summary>Says who may do what.</summary>
    Administrator,

    /// <summary>The provider's support system: files appeals and nothing else. No person has it.</summary>
    Support,
}

/// <summary>What can be permitted.</summary>
public enum Permit : byte
{
    /// <summary>To know who one is.</summary>
    KnowSelf,

    /// <summary>To see cases, evidence, accounts and campaigns, with excerpts masked.</summary>
    View,

    /// <summary>To keep views of the queue of one's own.</summary>
    KeepViews,

    /// <summary>To claim cases, note, tag and assign.</summary>
    Work,

    /// <summary>To rule, and to take one's own ruling back.</summary>
    Rule,

    /// <summary>To change who belongs to a case.</summary>
    ChangeMembers,

    /// <summary>To rule on many cases at once.</summary>
    RuleMany,

    /// <summary>To approve others' rulings.</summary>
    Approve,

    /// <summary>To take others' rulings back, and to reopen cases.</summary>
    Overrule,

    /// <summary>To file an appeal.</summary>
    FileAppeal,

    /// <summary>To decide appeals.</summary>
    DecideAppeal,

    /// <summary>To read excerpts as they are kept; every time is on record.</summary>
    Reveal,

    /// <summary>To take rulings away as labels for training.</summary>
    Export,

    /// <summary>To read what everybody did.</summary>
    ReadAudit,

    /// <summary>To say who may sign in, and as what.</summary>
    ManagePeople,

    /// <summary>To see what webhooks did not deliver, and to send it again.</summary>
    ManageWebhooks,
}

/// <summary>Who may do what: the one table.</summary>
public static class PermissionTable
{
    private static readonly ImmutableArray<(Permit Permit, string Roles)> Rows =
    [
        // v viewer, a analyst, l lead, m administrator, s support system
        (Permit.KnowSelf, "valms"),
        (Permit.View, "valm"),
        (Permit.KeepViews, "valm"),
        (Permit.Work, "alm"),
        (Permit.Rule, "alm"),
        (Permit.ChangeMembers, "alm"),
        (Permit.RuleMany, "alm"),
        (Permit.Approve, "lm"),
        (Permit.Overrule, "lm"),
        (Permit.FileAppeal, "alms"),
        (Permit.DecideAppeal, "lm"),
        (Permit.Reveal, "alm"),
        (Permit.Export, "lm"),
        (Permit.ReadAudit, "lm"),
        (Permit.ManagePeople, "m"),
        (Permit.ManageWebhooks, "m"),
    ];

    private static readonly ImmutableArray<string> ByPermission =
        [.. Enum.GetValues<Permit>().Select(permission => Rows.Single(row => row.Permit == permission).Roles)];

    /// <summary>Names in the order of <see cref="ReviewRole"/>.</summary>
    public static ImmutableArray<string> Roles { get; } = ["viewer", "analyst", "lead", "administrator", "support"];

    /// <summary>Roles that people can have.</summary>
    public static ImmutableArray<string> PeoplesRoles { get; } = Roles[..4];

    /// <summary>Whether a role holds a permission.</summary>
    public static bool Allows(ReviewRole role, Permit permission) =>
        ByPermission[(int)permission].Contains("valms"[(int)role], StringComparison.Ordinal);

    /// <summary>Name of a role.</summary>
    public static string Of(ReviewRole role) => Roles[(int)role];
}

/// <summary>Who acts.</summary>
/// <param name="Id">A person's id, or <c>key:ID</c> of a key.</param>
/// <param name="Name">As others see it.</param>
/// <param name="Role">As what.</param>
public sealed record Reviewer(string Id, string Name, ReviewRole Role)
{
    /// <summary>What ids of keys begin with; no person's does.</summary>
    public const string KeyMark = "key:";

    /// <summary>Whether they hold a permission.</summary>
    public bool May(Permit permission) => PermissionTable.Allows(Role, permission);
}
