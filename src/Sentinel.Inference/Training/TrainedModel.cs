using Sentinel.Inference.Models;

namespace Sentinel.Inference.Training;

/// <summary>A model that is trained and measured, and not yet written anywhere.</summary>
public sealed class TrainedModel
{
    private readonly Func<ModelManifest> _write;

    internal TrainedModel(ModelComparison? comparison, Func<ModelManifest> write) =>
        (Comparison, _write) = (comparison, write);

    /// <summary>What the rulings changed; null where there were none.</summary>
    public ModelComparison? Comparison { get; }

    /// <summary>Writes the model's folder; returns its manifest.</summary>
    public ModelManifest Write() => _write();
}
