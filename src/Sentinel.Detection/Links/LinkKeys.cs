using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Links;

/// <summary>Keys with their kind hashed in: the same value in two kinds is two keys.</summary>
internal static class LinkKeys
{
    /// <summary>The key of a value other than 0.</summary>
    public static ulong Of(LinkKind kind, ulong value) => KeyHash.Combine((ulong)kind + 1, value);
}
