using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sentinel.Hosting.Observability;

/// <summary>How log lines are written.</summary>
internal enum LogForm
{
    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>What the program tells about itself, and to whom. Checked before it listens.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>Section: <c>Telemetry</c>, in the environment <c>LLMSENTINEL_Telemetry__…</c>.</summary>
    public const string Section = "Telemetry";

    /// <summary>
    /// Base address of an OTLP collector over HTTP, such as <c>http://collector:4318</c>; <c>/v1/metrics</c> and
    /// <c>/v1/traces</c> are added. Empty, the default: nothing is sent.
    /// </summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>How often metrics are sent, seconds.</summary>
    [Range(1, 3_600)]
    public int OtlpIntervalSeconds { get; set; } = 15;

    /// <summary>Share of batches that are traced, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 0.1;

    /// <summary>
    /// Series shown for one instrument. Default 2,000: a thousand partitions on a node in two kinds; past it values
    /// go to one series labelled <c>otel_metric_overflow</c>.
    /// </summary>
    [Range(8, 100_000)]
    public int SeriesMax { get; set; } = 2_000;

    /// <summary>How log lines are written: <c>text</c> or <c>json</c>.</summary>
    public LogForm Logs { get; set; } = LogForm.Text;

    /// <summary>From which level on the program's own log lines are written.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;
}

/// <summary>Checks <see cref="TelemetryOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;

/// <summary>Checks what an attribute cannot: that the collector's address is one.</summary>
internal sealed class TelemetryAddressValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        options.OtlpEndpoint.Length == 0
        || (Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Telemetry:OtlpEndpoint must be empty or an http or https address.");
}
