using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Sentinel.Api.People;

/// <summary>How people sign in. Checked before the first request.</summary>
public sealed class PeopleOptions
{
    /// <summary>Section of the configuration: <c>People</c>, in the environment <c>LLMSENTINEL_People__…</c>.</summary>
    public const string Section = "People";

    /// <summary>Where people reach the program. The first address that it listens on unless another is configured.</summary>
    [MaxLength(2_048)]
    public string Address { get; set; } = "";

    /// <summary>Password of the administrator of the first start. Empty: the log shows a link to set one.</summary>
    [MaxLength(1_024)]
    public string AdministratorPassword { get; set; } = "";

    /// <summary>File with that password, for secrets that are mounted.</summary>
    [MaxLength(4_096)]
    public string AdministratorPasswordFile { get; set; } = "";

    /// <summary>How long a session lasts when nothing is done, minutes.</summary>
    [Range(1, 1_440)]
    public int SessionIdleMinutes { get; set; } = 60;

    /// <summary>How long a session lasts at most, hours.</summary>
    [Range(1, 168)]
    public int SessionHoursMax { get; set; } = 12;

    /// <summary>Rounds of PBKDF2 with SHA-512 over a password. Default 210,000, OWASP's.</summary>
    [Range(100_000, 10_000_000)]
    public int PasswordRounds { get; set; } = 210_000;

    /// <summary>Address of the provider of identities (OIDC), or empty.</summary>
    [MaxLength(2_048)]
    public string OidcAuthority { get; set; } = "";

    /// <summary>Id of this program there.</summary>
    [MaxLength(512)]
    public string OidcClientId { get; set; } = "";

    /// <summary>Its secret there; empty for a public client.</summary>
    [MaxLength(1_024)]
    public string OidcClientSecret { get; set; } = "";

    /// <summary>The claim whose values say the role: viewer, analyst, lead or administrator.</summary>
    [MaxLength(256)]
    public string OidcRoleClaim { get; set; } = "roles";

    /// <summary>What a role's name begins with in that claim.</summary>
    [MaxLength(128)]
    public string OidcRolePrefix { get; set; } = "llm-sentinel-";

    /// <summary>Whether the provider may be asked without TLS: for tests on this machine.</summary>
    public bool OidcWithoutTls { get; set; }
}

/// <summary>Checks <see cref="PeopleOptions"/>.</summary>
[OptionsValidator]
public sealed partial class PeopleOptionsValidator : IValidateOptions<PeopleOptions>;
