using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Hosting;

/// <summary>Where and how the program serves. Checked before it listens.</summary>
internal sealed class ServeOptions
{
    /// <summary>Section of the configuration: <c>Serve</c>, in the environment <c>LLMSENTINEL_Serve__…</c>.</summary>
    public const string Section = "Serve";

    /// <summary>Loopback: who else may ask is for a gateway to say.</summary>
    public const string UrlsDefault = "http://127.0.0.1:8787";

    /// <summary>In the working folder.</summary>
    public const string DataDefault = "./sentinel-data";

    /// <summary>Roles of the process, separated by commas.</summary>
    [Required]
    public string Role { get; set; } = "all";

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    [Required]
    public string Urls { get; set; } = UrlsDefault;

    /// <summary>
    /// More addresses, on fixed ports, that speak HTTP/2 without TLS to clients that know it beforehand: Envoy and
    /// other gateways. A port without TLS cannot speak both versions. None by default.
    /// </summary>
    public string Http2Urls { get; set; } = "";

    /// <summary>Folder of the embedded store.</summary>
    [Required]
    public string Data { get; set; } = DataDefault;

    /// <summary>How long requests in flight may take on shut-down, seconds. Past it they are cut off.</summary>
    [Range(1, 600)]
    public int DrainSeconds { get; set; } = 20;
}

/// <summary>Checks <see cref="ServeOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ServeOptionsValidator : IValidateOptions<ServeOptions>;
