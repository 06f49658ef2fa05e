using Sentinel.Detection.Links;

namespace Sentinel.Detection.Incidents;

/// <summary>A key that somebody else told of. It ranks; the judge never convicts by it.</summary>
/// <param name="Source">Who told.</param>
/// <param name="Kind">What kind of key.</param>
/// <param name="Value">Hexadecimal: 16 digits of a store's key, or 64 of its HMAC under the source's key.</param>
/// <param name="Weight">How much it is worth, 0..1.</param>
/// <param name="ValidUntil">When it ends.</param>
/// <param name="ImportedAt">When it was told.</param>
public sealed record ImportedKey(
    string Source, LinkKind Kind, string Value, double Weight, DateTimeOffset ValidUntil, DateTimeOffset ImportedAt);
