using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

/// <summary>What a group's judging gave.</summary>
/// <param name="Key">What its accounts share.</param>
/// <param name="Content">Evidence of what they ask for, nats.</param>
/// <param name="Identity">Evidence of who they say they are, nats: one instrument, many strangers.</param>
/// <param name="Likeness">Evidence that strangers would not ask so much alike, nats.</param>
/// <param name="Probing">Evidence that they search for techniques, nats.</param>
/// <param name="Members">Accounts that behave as the group does.</param>
/// <param name="Others">Accounts that only share the key.</param>
internal sealed record GroupFinding(
    LinkEntry Key,
    double Content,
    double Identity,
    double Likeness,
    double Probing,
    IReadOnlyList<LinkedAccount> Members,
    IReadOnlyList<LinkedAccount> Others)
{
    /// <summary>Evidence that they moved to a new model together, nats.</summary>
    public double Pivot { get; init; }

    /// <summary>Evidence of how many of those who regularly send its frame are flagged one by one, nats.</summary>
    public double Company { get; init; }

    /// <summary>Keys that tie its accounts: the one, or all of a pool that no single key holds together.</summary>
    public IReadOnlyList<LinkEntry> Keys { get; init; } = [Key];

    /// <summary>The key that ties an account to it: of several the one that most accounts have.</summary>
    public LinkEntry KeyOf(LinkedAccount account)
    {
        if (Keys.Count == 1)
        {
            return Key;
        }

        LinkEntry? most = null;
        foreach (var key in account.SharedKeys ?? [])
        {
            if ((most is null || key.AccountCount > most.AccountCount) && Keys.Contains(key))
            {
                most = key;
            }
        }

        return most ?? Key;
    }

    /// <summary>All of it, nats.</summary>
    public double Evidence => Content + Identity + Likeness + Probing + Pivot + Company;
}
