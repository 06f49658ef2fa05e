using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sentinel.Inference.Models;

/// <summary>A model's version as its folder shows it, whether or not this program can run it.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Tier">Its tier; 0 when its manifest cannot be read.</param>
/// <param name="Labels">What it tells apart.</param>
/// <param name="Sha256">Hash that its manifest gives of the graph; empty when it cannot be read.</param>
/// <param name="GraphBytes">Length of the graph; 0 when there is none.</param>
/// <param name="IsNewest">Whether it is the newest of its name: the one that is loaded.</param>
public sealed record ListedModel(
    string Name,
    int Version,
    string Folder,
    int Tier,
    ImmutableArray<string> Labels,
    string Sha256,
    long GraphBytes,
    bool IsNewest)
{
    /// <summary>Name and version, such as <c>content-tier1/1</c>.</summary>
    public string FullName => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Version}");

    /// <summary>Whether the graph has the hash that the manifest gives.</summary>
    public bool HasItsHash()
    {
        var path = Path.Combine(Folder, ModelFolder.GraphFile);
        if (!File.Exists(path))
        {
            return false;
        }

        using var graph = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(graph)) == Sha256;
    }
}

/// <summary>Lists what a models folder holds.</summary>
public static class ModelCatalog
{
    /// <summary>Most versions listed: far more than anyone keeps.</summary>
    public const int ModelsMax = 1_000;

    /// <summary>Versions in a models folder, by name and then from old to new.</summary>
    public static ImmutableArray<ListedModel> Read(string models)
    {
        if (!Directory.Exists(models))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<ListedModel>();
        foreach (var folder in Directory.GetDirectories(models).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            var newest = ModelFolder.Newest(models, name);
            found.AddRange(Directory.GetDirectories(folder)
                .Where(static version => ModelFolder.TryVersion(version, out _))
                .Select(version => Read(name, version, version == newest))
                .OrderBy(static model => model.Version)
                .Take(ModelsMax - found.Count));
        }

        return found.ToImmutable();
    }

    private static ListedModel Read(string name, string folder, bool isNewest)
    {
        _ = ModelFolder.TryVersion(folder, out var version);
        var manifest = ReadManifest(Path.Combine(folder, ModelFolder.ManifestFile));
        var graph = new FileInfo(Path.Combine(folder, ModelFolder.GraphFile));
        return new ListedModel(
            name, version, folder, manifest.Tier, manifest.Labels.IsDefault ? [] : manifest.Labels,
            manifest.Sha256 ?? "", graph.Exists ? graph.Length : 0, isNewest);
    }

    private static ListedManifest ReadManifest(string path)
    {
        try
        {
            var bytes = File.Exists(path) ? File.ReadAllBytes(path) : "{}"u8.ToArray();
            return JsonSerializer.Deserialize(bytes, ListedManifestJson.Default.ListedManifest)
                ?? new ListedManifest(0, [], null);
        }
        catch (JsonException)
        {
            return new ListedManifest(0, [], null); // Listed without; a check says what is wrong with it.
        }
    }
}

/// <summary>What all manifests have, of any tier.</summary>
internal sealed record ListedManifest(int Tier, ImmutableArray<string> Labels, string? Sha256);

/// <summary>Reads what all manifests have.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListedManifest))]
internal sealed partial class ListedManifestJson : JsonSerializerContext;
