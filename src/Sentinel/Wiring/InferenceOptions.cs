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

    /// <summary>The provider that is configured.</summary>
    /// <exception cref="CommandException">It is none; names the key.</exception>
    public static ProviderWish ReadProvider(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<InferenceOptions>() ?? new InferenceOptions();
        var outcome = new InferenceOptionsValidator().Validate(name: null, options);
        if (outcome.Failed)
        {
            throw CommandException.Usage(outcome.FailureMessage);
        }

        return ProviderWishText.TryRead(options.Provider, out var wish)
            ? wish
            : throw CommandException.Usage(
                $"{Section}:{nameof(Provider)}: '{options.Provider}' is none of {ProviderWishText.Names}.");
    }
}

/// <summary>Checks <see cref="InferenceOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class InferenceOptionsValidator : IValidateOptions<InferenceOptions>;
