using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.People;

/// <summary>
/// Sessions of people who signed in: a sealed cookie that scripts cannot read and other sites cannot send. A session ends when
/// nothing is done for a while, after a longest time in any case, and at once when its person is changed. Thread-safe.
/// </summary>
internal sealed class Sessions(PeopleBook people, IOptions<PeopleOptions> options, TimeProvider clock)
{
    /// <summary>The framework's name of these sessions.</summary>
    public const string Scheme = "sessions";

    /// <summary>Header that shows the form's token.</summary>
    public const string FormHeader = "x-llm-sentinel-form";

    /// <summary>Name of the cookie.</summary>
    public const string CookieName = "llm-sentinel-session";

    private const string StampClaim = "stamp";
    private const string BegunItem = "begun";

    /// <summary>Registers them.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Sessions>();
        services.AddSingleton<SessionKey>();
        services.AddSingleton<ReviewGate>();
        services.AddSingleton<SignInDesk>();
        services.AddAuthentication().AddCookie(Scheme);
        OidcSignIn.Add(services);
        services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<IOptions<PeopleOptions>, TimeProvider>(
            static (cookies, options, clock) =>
            {
                cookies.Cookie.Name = CookieName;
                cookies.Cookie.HttpOnly = true;
                cookies.Cookie.SameSite = SameSiteMode.Strict;
                cookies.Cookie.Path = "/";
                cookies.ExpireTimeSpan = TimeSpan.FromMinutes(options.Value.SessionIdleMinutes);
                cookies.SlidingExpiration = true;
                cookies.TimeProvider = clock;
            });
        services.AddAntiforgery(static forms =>
        {
            forms.HeaderName = FormHeader;
            forms.Cookie.Name = "llm-sentinel-form";
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.SuppressXFrameOptionsHeader = true; // Set for all pages in one place.
        });
        // In place of key files on a disk, which other processes do not have.
        services.AddSingleton<IDataProtectionProvider>(static provider => provider.GetRequiredService<SessionKey>());
    }

    /// <summary>Begins a session; the answer carries it.</summary>
    public Task SignInAsync(HttpContext http, PersonRow person)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, person.Id),
                new Claim(ClaimTypes.Name, person.Id),
                new Claim(StampClaim, person.Stamp.ToString(CultureInfo.InvariantCulture)),
            ],
            Scheme);
        var properties = new AuthenticationProperties();
        properties.Items[BegunItem] = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return http.SignInAsync(Scheme, new ClaimsPrincipal(identity), properties);
    }

    /// <summary>Ends the session of this browser.</summary>
    public static Task SignOutAsync(HttpContext http) => http.SignOutAsync(Scheme);

    /// <summary>Who is signed in, or null.</summary>
    public async Task<Reviewer?> FindAsync(HttpContext http)
    {
        if (await http.AuthenticateAsync(Scheme) is not { Succeeded: true, Principal: { } principal } result
            || principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id
            || !IsYoungEnough(result.Properties)
            || await people.FindAsync(id, http.RequestAborted) is not { IsDisabled: false } person
            || principal.FindFirstValue(StampClaim) != person.Stamp.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        http.User = principal; // What forms' tokens are bound to.
        return new Reviewer(person.Id, person.Name, (ReviewRole)person.Role);
    }

    private bool IsYoungEnough(AuthenticationProperties? properties) =>
        properties?.Items.TryGetValue(BegunItem, out var begun) == true
        && long.TryParse(begun, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)
            < TimeSpan.FromHours(options.Value.SessionHoursMax);
}
