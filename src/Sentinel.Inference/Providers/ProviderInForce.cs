namespace Sentinel.Inference.Providers;

/// <summary>Where a model's graph runs, and why there. Immutable.</summary>
/// <param name="IsCuda">On a CUDA device; else on the processor.</param>
/// <param name="Why">For people.</param>
public sealed record ProviderInForce(bool IsCuda, string Why)
{
    /// <summary>Why a CUDA device is not used: its library is not there.</summary>
    public const string NoLibrary = "the CUDA provider's library is not installed: ./sentinel setup --gpu brings it";

    /// <summary>Why a CUDA device is not used: there is none.</summary>
    public const string NoDevice = "the driver shows no CUDA device";

    /// <summary>As it is written in settings.</summary>
    public string Name => IsCuda ? "cuda" : "cpu";

    /// <summary>Chooses.</summary>
    /// <param name="wish">What is asked for.</param>
    /// <param name="tier">The model's tier.</param>
    /// <param name="look">Tells what the machine has; asked only when it matters.</param>
    internal static ProviderInForce Choose(ProviderWish wish, int tier, Func<CudaFacts> look)
    {
        if (wish == ProviderWish.Cpu)
        {
            return new ProviderInForce(IsCuda: false, "asked for");
        }

        if (wish == ProviderWish.Auto && tier == 1)
        {
            return new ProviderInForce(
                IsCuda: false, "a first tier adds up rows of a table: the way to a device takes longer");
        }

        var facts = look();
        if (!facts.HasLibrary)
        {
            return new ProviderInForce(IsCuda: false, NoLibrary);
        }

        return facts.DeviceCount == 0
            ? new ProviderInForce(IsCuda: false, NoDevice)
            : new ProviderInForce(
                IsCuda: true, wish == ProviderWish.Cuda ? "asked for" : "a device and the provider are there");
    }
}
