using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Inference.Providers;

/// <summary>Where graphs are wanted to run.</summary>
public enum ProviderWish
{
    /// <summary>On a CUDA device where one is there and of use, else on the processor.</summary>
    Auto,

    /// <summary>On a CUDA device; without one the model is refused.</summary>
    Cuda,

    /// <summary>On the processor.</summary>
    Cpu,
}

/// <summary>Wishes as text.</summary>
public static class ProviderWishText
{
    /// <summary>What may be written.</summary>
    public const string Names = "auto, cuda or cpu";

    /// <summary>Reads a wish; false for anything else.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, out ProviderWish wish)
    {
        (var isKnown, wish) = text switch
        {
            "auto" => (true, ProviderWish.Auto),
            "cuda" => (true, ProviderWish.Cuda),
            "cpu" => (true, ProviderWish.Cpu),
            _ => (false, ProviderWish.Auto),
        };
        return isKnown;
    }
}
