using Sentinel.Inference.Training;

namespace Sentinel.Hosting.Commands;

/// <summary>Reports a training on the thread that trains: what comes later is not told earlier.</summary>
internal sealed class TrainingTeller(Action<double?, string> tell) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => tell(value.Share, value.Step);
}
