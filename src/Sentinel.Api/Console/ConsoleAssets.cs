using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.People;

namespace Sentinel.Api.Console;

/// <summary>
/// The console's own style, script and icon: embedded, served under names that hold a hash of their content, so that browsers
/// may keep them for ever.
/// </summary>
internal static class ConsoleAssets
{
    private const string Prefix = "/console/assets/";

    private static readonly FrozenDictionary<string, Asset> All = new[]
    {
        Load("console.css", "text/css; charset=utf-8"),
        Load("console.js", "text/javascript; charset=utf-8"),
        Load("icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(static asset => asset.Name, StringComparer.Ordinal);

    /// <summary>Where the style sheet is.</summary>
    public static string Style { get; } = PathOf("console", "css");

    /// <summary>Where the script is.</summary>
    public static string Script { get; } = PathOf("console", "js");

    /// <summary>Where the icon is.</summary>
    public static string Icon { get; } = PathOf("icon", "svg");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Prefix + "{name}", Find).ExcludeFromDescription().WithMetadata(OpenToAll.Mark);

    private static IResult Find(string name, HttpContext http)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.MediaType);
    }

    private static string PathOf(string stem, string extension) =>
        Prefix + All.Keys.Single(name => name.StartsWith(stem + ".", StringComparison.Ordinal)
            && name.EndsWith("." + extension, StringComparison.Ordinal));

    private static Asset Load(string file, string mediaType)
    {
        const int HashLength = 12;
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("console/" + file)
            ?? throw new InvalidOperationException($"The assembly holds no console/{file}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var hash = Digest.HexOf(content)[..HashLength];
        return new Asset(
            $"{Path.GetFileNameWithoutExtension(file)}.{hash}{Path.GetExtension(file)}", mediaType, content);
    }

    private sealed record Asset(string Name, string MediaType, byte[] Content);
}
