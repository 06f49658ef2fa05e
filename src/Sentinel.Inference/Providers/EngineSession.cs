using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;

namespace Sentinel.Inference.Providers;

/// <summary>A graph that is open in the engine, and where it runs.</summary>
/// <param name="Session">The session; the taker's to dispose of.</param>
/// <param name="Provider">Where it runs.</param>
internal sealed record EngineSession(InferenceSession Session, ProviderInForce Provider)
{
    /// <summary>
    /// Opens a graph where it is wanted. False when a CUDA device is asked for and is not to be had; says why.
    /// </summary>
    /// <exception cref="OnnxRuntimeException">The engine refuses the graph.</exception>
    public static bool TryOpen(
        byte[] graph,
        ProviderWish wish,
        int tier,
        [NotNullWhen(true)] out EngineSession? opened,
        [NotNullWhen(false)] out string? reason)
    {
        (opened, reason) = (null, null);
        var provider = ProviderInForce.Choose(wish, tier, CudaFacts.Look);
        if (wish == ProviderWish.Cuda && !provider.IsCuda)
        {
            reason = provider.Why;
            return false;
        }

        if (provider.IsCuda)
        {
            try
            {
                opened = new EngineSession(Open(graph, isCuda: true), provider);
                return true;
            }
            catch (OnnxRuntimeException bad)
            {
                // A device that cannot be used, such as for want of cuDNN; a bad graph fails again below.
                reason = $"the CUDA provider cannot be opened: {bad.Message}";
                if (wish == ProviderWish.Cuda)
                {
                    return false;
                }

                provider = new ProviderInForce(IsCuda: false, reason);
            }
        }

        opened = new EngineSession(Open(graph, isCuda: false), provider);
        return true;
    }

    private static InferenceSession Open(byte[] graph, bool isCuda)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (isCuda)
        {
            options.AppendExecutionProvider_CUDA();
        }

        return new InferenceSession(graph, options);
    }
}
