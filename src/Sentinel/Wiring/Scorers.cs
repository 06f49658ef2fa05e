using Sentinel.Inference;
using Sentinel.Inference.Models;

namespace Sentinel.Hosting.Wiring;

/// <summary>Loads the classifier for a command.</summary>
internal static class Scorers
{
    /// <summary>The newest first-tier model of the models folder.</summary>
    /// <exception cref="CommandException">There is none that fits; says why.</exception>
    public static OnnxScorer Load()
    {
        try
        {
            return OnnxScorer.LoadDefault();
        }
        catch (ModelRefusedException refused)
        {
            throw CommandException.Failed(refused.Message, refused);
        }
    }
}
