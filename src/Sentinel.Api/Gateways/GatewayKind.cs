using System.Collections.Immutable;

namespace Sentinel.Api.Gateways;

/// <summary>Who asks.</summary>
internal enum GatewayKind : byte
{
    Rest,
    Nginx,
    HaProxy,
    Envoy,
    LiteLlm,
    Portkey,
    Kong,
}

/// <summary>Names of gateways in settings and addresses.</summary>
internal static class GatewayKinds
{
    /// <summary>Names in the order of <see cref="GatewayKind"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["rest", "nginx", "haproxy", "envoy", "litellm", "portkey", "kong"];

    /// <summary>The gateway of a name, whatever its case.</summary>
    public static bool TryParse(string name, out GatewayKind kind)
    {
        var index = Names.IndexOf(name, 0, Names.Length, StringComparer.OrdinalIgnoreCase);
        kind = (GatewayKind)Math.Max(index, 0);
        return index >= 0;
    }
}
