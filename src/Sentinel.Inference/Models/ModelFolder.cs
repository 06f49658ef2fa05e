using System.Globalization;

namespace Sentinel.Inference.Models;

/// <summary>Where models lie: <c>models/NAME/VERSION/</c>.</summary>
public static class ModelFolder
{
    /// <summary>Environment variable that names the models folder.</summary>
    public const string EnvironmentVariable = "LLMSENTINEL_MODELS_DIR";

    /// <summary>Name of the classifier that answers first.</summary>
    public const string Tier1Name = "content-tier1";

    /// <summary>The graph's file name.</summary>
    public const string GraphFile = "model.onnx";

    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = "manifest.json";

    private const string FolderName = "models";

    /// <summary>
    /// The models folder: the one that the environment names, else the nearest <c>models</c> with a first classifier
    /// in it, from <paramref name="start"/> upwards; null when there is none.
    /// </summary>
    /// <param name="named">Value of <see cref="EnvironmentVariable"/>, or null.</param>
    /// <param name="start">Usually <see cref="AppContext.BaseDirectory"/>.</param>
    public static string? Find(string? named, string start)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return named;
        }

        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, FolderName);
            if (Directory.Exists(Path.Combine(models, Tier1Name)))
            {
                return models;
            }
        }

        return null;
    }

    /// <summary>The folder of a model's newest version; null when there is none.</summary>
    public static string? Newest(string models, string name)
    {
        var versions = Path.Combine(models, name);
        return !Directory.Exists(versions)
            ? null
            : Directory.GetDirectories(versions)
                .Where(static folder => TryVersion(folder, out _))
                .MaxBy(static folder => TryVersion(folder, out var version) ? version : 0);
    }

    /// <summary>The version that a folder is named for; false where its name is no number.</summary>
    public static bool TryVersion(string folder, out int version) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out version);
}
