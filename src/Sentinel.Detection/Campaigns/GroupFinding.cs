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

    /// <summary>All of it, nats.</summary>
    public double Evidence => Content + Identity + Likeness + Probing + Pivot;
}
