using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Api.Workloads;

/// <summary>Where verified workloads are declared. Checked before the first request.</summary>
public sealed class WorkloadOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Workloads";

    /// <summary>
    /// File with a JSON array of declarations, or empty. Read at the start and again with the configuration (SIGHUP).
    /// </summary>
    public string File { get; init; } = "";

    /// <summary>
    /// How far ahead of now a declaration over HTTP takes effect at the earliest, seconds: every lane must know it before
    /// event time gets there, or exchanges that are judged again would be judged otherwise. Default 60, twice the time in
    /// which processes look for new ones.
    /// </summary>
    [Range(1, 3_600)]
    public int LeadSeconds { get; init; } = 60;

    /// <summary>How often processes of a cluster look for new declarations, seconds.</summary>
    [Range(1, 600)]
    public int LookSeconds { get; init; } = 30;
}

/// <summary>Checks <see cref="WorkloadOptions"/>.</summary>
[OptionsValidator]
public sealed partial class WorkloadOptionsValidator : IValidateOptions<WorkloadOptions>;
