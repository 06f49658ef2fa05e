using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Api.Security;

/// <summary>Who may call the API. Without a file of keys anybody who can reach it may.</summary>
public sealed class SecurityOptions
{
    /// <summary>Section of the configuration: <c>Security</c>, in the environment <c>LLMSENTINEL_Security__…</c>.</summary>
    public const string Section = "Security";

    /// <summary>
    /// File of keys: a line <c>id scopes sha256:DIGEST [until]</c> for each. Read again when it changes. Empty: callers
    /// need no key.
    /// </summary>
    [MaxLength(4_096)]
    public string KeysFile { get; set; } = "";

    /// <summary>Lets anybody call on addresses beyond loopback, too: for networks that see to it themselves.</summary>
    public bool Anonymous { get; set; }

    /// <summary>PEM file with the server's certificate and the rest of its chain, for addresses with https.</summary>
    [MaxLength(4_096)]
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the certificate's key.</summary>
    [MaxLength(4_096)]
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>
    /// PEM file of the authorities whose client certificates are taken. A certificate is a caller only when the file of keys
    /// has it. Empty: no certificates.
    /// </summary>
    [MaxLength(4_096)]
    public string ClientAuthoritiesFile { get; set; } = "";

    /// <summary>How often the file of keys is looked at, seconds. Default 10.</summary>
    [Range(1, 3_600)]
    public int KeysCheckSeconds { get; set; } = 10;

    /// <summary>What no attribute can say of a property.</summary>
    public IEnumerable<string> Faults()
    {
        if (Anonymous && KeysFile.Length > 0)
        {
            yield return $"{Section}:{nameof(Anonymous)} is set beside {nameof(KeysFile)}.";
        }

        if (CertificateFile.Length > 0 != CertificateKeyFile.Length > 0)
        {
            yield return $"{Section}:{nameof(CertificateFile)} and {nameof(CertificateKeyFile)} belong together.";
        }

        if (ClientAuthoritiesFile.Length > 0 && (CertificateFile.Length == 0 || KeysFile.Length == 0))
        {
            yield return $"{Section}:{nameof(ClientAuthoritiesFile)} needs {nameof(CertificateFile)} and {nameof(KeysFile)}.";
        }

        string[] files = [KeysFile, CertificateFile, CertificateKeyFile, ClientAuthoritiesFile];
        foreach (var file in files.Where(static file => file.Length > 0 && !File.Exists(file)))
        {
            yield return $"{Section}: there is no file {file}.";
        }
    }
}

/// <summary>Checks <see cref="SecurityOptions"/>.</summary>
[OptionsValidator]
public sealed partial class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    /// <summary>The options as they are configured.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; names every key.</exception>
    public static SecurityOptions Read(Microsoft.Extensions.Configuration.IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new SecurityOptions();
        var faults = new List<string>();
        try
        {
            Microsoft.Extensions.Configuration.ConfigurationBinder.Bind(
                configuration.GetSection(SecurityOptions.Section), options);
            var outcome = new SecurityOptionsValidator().Validate(SecurityOptions.Section, options);
            faults.AddRange([.. outcome.Failures ?? [], .. options.Faults()]);
        }
        catch (InvalidOperationException cause)
        {
            faults.Add($"{cause.Message} {cause.InnerException?.Message}"); // Not a number, say.
        }

        return faults.Count == 0
            ? options
            : throw new OptionsValidationException(SecurityOptions.Section, typeof(SecurityOptions), faults);
    }
}
