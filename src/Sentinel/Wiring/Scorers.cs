using Microsoft.Extensions.Configuration;
using Sentinel.Hosting.Serving;
using Sentinel.Inference;
using Sentinel.Inference.Models;

namespace Sentinel.Hosting.Wiring;

/// <summary>Loads the classifier for a command.</summary>
internal static class Scorers
{
    /// <summary>The newest first-tier model of the models folder, where the configuration wants it to run.</summary>
    /// <exception cref="CommandException">There is none that fits; says why.</exception>
    public static OnnxScorer Load() => Load(ServingProgram.ReadConfiguration());

    /// <inheritdoc cref="Load()"/>
    public static OnnxScorer Load(IConfiguration configuration)
    {
        try
        {
            return OnnxScorer.LoadDefault(InferenceOptions.ReadProvider(configuration));
        }
        catch (ModelRefusedException refused)
        {
            throw CommandException.Failed(refused.Message, refused);
        }
    }

    /// <summary>The models folder.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string FindModels()
    {
        var named = Environment.GetEnvironmentVariable(ModelFolder.EnvironmentVariable);
        return ModelFolder.Find(named, AppContext.BaseDirectory) is { } models && Directory.Exists(models)
            ? models
            : throw CommandException.Failed(
                $"there is no models folder: set {ModelFolder.EnvironmentVariable} to one");
    }
}
