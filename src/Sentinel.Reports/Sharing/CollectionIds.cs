using Sentinel.Reports.Stix;

namespace Sentinel.Reports.Sharing;

/// <summary>Ids of TAXII collections.</summary>
public static class CollectionIds
{
    /// <summary>The collection of a recipient: the same after every start.</summary>
    public static string Of(string recipient) => StixIds.Of("collection", recipient)["collection--".Length..];
}
