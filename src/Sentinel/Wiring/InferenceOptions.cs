using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Sentinel.Inference.Providers;

namespace Sentinel.Hosting.Wiring;

/// <summary>How classifiers are run. Checked before one is loaded.</summary>
internal sealed class InferenceOptions
{
    /// <summary>
    /// Section of the configuration: <c>Inference</c>, in the environment <c>LLMSENTINEL_Inference__…</c>.
    /// </summary>
    public const string Section = "Inference";

    /// <summary>Where graphs run: <c>auto</c>, <c>cuda</c> or <c>cpu</c>.</summary>
    [Required]
    public string Provider { get; set; } = "auto";

    /// <summary>
    /// Who asks a second tier where the first one is unsure: <c>auto</c>, scoring alone, where there is one that was
    /// measured to be better than the first by itself; <c>on</c>, lanes too; <c>off</c>, nobody. Lanes over Kafka never
    /// do, and by default all lanes judge alike.
    /// </summary>
    [Required]
    [RegularExpression("auto|on|off", ErrorMessage = "Inference:SecondTier is one of auto, on and off.")]
    public string SecondTier { get; set; } = "auto";

    /// <summary>Whether a second tier is wanted; null where that is its own merit's to say.</summary>
    /// <exception cref="CommandException">It is not said as it must be; names the key.</exception>
    public static bool? ReadSecondTier(IConfiguration configuration) => Read(configuration).SecondTier switch
    {
        "on" => true,
        "off" => false,
        _ => null,
    };

    /// <summary>The provider that is configured.</summary>
    /// <exception cref="CommandException">It is none; names the key.</exception>
    public static ProviderWish ReadProvider(IConfiguration configuration)
    {
        var options = Read(configuration);
        return ProviderWishText.TryRead(options.Provider, out var wish)
            ? wish
            : throw CommandException.Usage(
                $"{Section}:{nameof(Provider)}: '{options.Provider}' is none of {ProviderWishText.Names}.");
    }

    private static InferenceOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<InferenceOptions>() ?? new InferenceOptions();
        var outcome = new InferenceOptionsValidator().Validate(name: null, options);
        return outcome.Failed ? throw CommandException.Usage(outcome.FailureMessage) : options;
    }
}

/// <summary>Checks <see cref="InferenceOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class InferenceOptionsValidator : IValidateOptions<InferenceOptions>;
