using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Policy;

namespace Sentinel.Hosting.Serving;

/// <summary>How much each lane may remember. What is full forgets the oldest; nothing grows beyond.</summary>
internal sealed class MemoryOptions
{
    /// <summary>Section of the configuration: <c>Memory</c>, in the environment <c>LLMSENTINEL_Memory__…</c>.</summary>
    public const string Section = "Memory";

    /// <summary>Accounts of a lane, about 1.2 KiB each.</summary>
    [Range(1_000, 100_000_000)]
    public int AccountsMax { get; set; } = DetectionPolicy.Default.AccountsMax;

    /// <summary>Keys that accounts share, about 250 bytes each.</summary>
    [Range(1_000, 10_000_000)]
    public int SharedKeysMax { get; set; } = DetectionPolicy.Default.SharedKeysMax;

    /// <summary>Keys of one account in each of two generations, at most 64 bytes each.</summary>
    [Range(10_000, 50_000_000)]
    public int SightingsMax { get; set; } = DetectionPolicy.Default.SightingsMax;

    /// <summary>Bands of outputs in each of two generations, 21 an output and 11 bytes each.</summary>
    [Range(10_000, 1_500_000_000)]
    public int OutputBandsMax { get; set; } = DetectionPolicy.Default.OutputBandsMax;

    /// <summary>Event ids in each of two generations, at most 64 bytes each: how far back a duplicate is known.</summary>
    [Range(10_000, 50_000_000)]
    public int EventIdsMax { get; set; } = DetectionPolicy.Default.EventIdsMax;

    private DetectionPolicy Policy => DetectionPolicy.Default with
    {
        AccountsMax = AccountsMax,
        SharedKeysMax = SharedKeysMax,
        SightingsMax = SightingsMax,
        OutputBandsMax = OutputBandsMax,
        EventIdsMax = EventIdsMax,
    };

    /// <summary>The policy in force, with the limits that are configured.</summary>
    /// <exception cref="CommandException">A limit is no number or out of its range; names every key.</exception>
    public static DetectionPolicy ReadPolicy(IConfiguration configuration)
    {
        try
        {
            var options = configuration.GetSection(Section).Get<MemoryOptions>() ?? new MemoryOptions();
            var outcome = new MemoryOptionsValidator().Validate(Section, options);
            return outcome.Failed ? throw CommandException.Usage(outcome.FailureMessage) : options.Policy;
        }
        catch (InvalidOperationException cause)
        {
            throw CommandException.Usage($"{cause.Message} {cause.InnerException?.Message}"); // Not a number, say.
        }
    }
}

/// <summary>Checks <see cref="MemoryOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class MemoryOptionsValidator : IValidateOptions<MemoryOptions>;
