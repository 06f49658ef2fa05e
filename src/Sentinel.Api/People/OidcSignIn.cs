// Who signs in elsewhere comes back with a code, which is exchanged for who they are (code flow with PKCE). What the provider
// says of their role holds here; whether they may sign in at all can be denied here, too.
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Sentinel.Api.Problems;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.People;

/// <summary>Signing in at a provider of identities, where one is configured.</summary>
internal static class OidcSignIn
{
    /// <summary>Where signing in begins.</summary>
    public const string Path = "/v1/review/oidc";

    private const string Scheme = "oidc";
    private const string IdMark = "oidc-";
    private const string Home = "/console";

    public static void Add(IServiceCollection services)
    {
        services.AddTransient<OpenIdConnectHandler>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>());
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<PeopleOptions>>(
            static (oidc, options) => Configure(oidc, options.Value));
    }

    /// <summary>Maps it where a provider is configured.</summary>
    public static void Map(WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<PeopleOptions>>().Value.OidcAuthority.Length == 0)
        {
            return;
        }

        app.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme(Scheme, displayName: null, typeof(OpenIdConnectHandler)));
        app.MapGet(Path, static (HttpContext http, string? @return) => http.ChallengeAsync(
                Scheme, new AuthenticationProperties { RedirectUri = IsOwnPath(@return) ? @return : Home }))
            .WithMetadata(OpenToAll.Mark)
            .ExcludeFromDescription();
    }

    /// <summary>Whether an address is a path of this program: nobody is sent elsewhere.</summary>
    public static bool IsOwnPath(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal)
        && !address.Contains('\\', StringComparison.Ordinal) && !address.Any(char.IsControl);

    private static void Configure(OpenIdConnectOptions oidc, PeopleOptions options)
    {
        oidc.Authority = options.OidcAuthority;
        oidc.ClientId = options.OidcClientId;
        oidc.ClientSecret = options.OidcClientSecret.Length == 0 ? null : options.OidcClientSecret;
        oidc.RequireHttpsMetadata = !options.OidcWithoutTls;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.MapInboundClaims = false;
        oidc.CallbackPath = Path + "/callback";
        oidc.SignInScheme = Sessions.Scheme;
        oidc.CorrelationCookie.SameSite = SameSiteMode.Lax; // The way back begins at the provider.
        oidc.NonceCookie.SameSite = SameSiteMode.Lax;
        oidc.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        oidc.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        oidc.Events.OnTicketReceived = ReceiveAsync;
        oidc.Events.OnRemoteFailure = static context =>
        {
            context.HandleResponse();
            return ApiProblem.Of(
                StatusCodes.Status401Unauthorized, "not_signed_in", "Signing in at the provider failed; try again.")
                .ExecuteAsync(context.HttpContext);
        };
    }

    private static async Task ReceiveAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var options = http.RequestServices.GetRequiredService<IOptions<PeopleOptions>>().Value;
        var person = context.Principal is { } principal && RoleOf(principal, options) is { } role
            ? await PersonOfAsync(http, principal, role)
            : null;
        if (person is null or { IsDisabled: true })
        {
            await ApiProblem.Of(
                StatusCodes.Status403Forbidden, "no_role", "The provider gives you no role here, or you may not sign in.")
                .ExecuteAsync(http);
            return;
        }

        await http.RequestServices.GetRequiredService<SignInDesk>().BeginAsync(http, person);
        // A page of our own goes on to where it was: on a redirect that began elsewhere no browser sends the session.
        var next = HtmlEncoder.Default.Encode(IsOwnPath(context.ReturnUri) ? context.ReturnUri! : Home);
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(
            $"<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={next}\"><title>Signed in</title><a href=\"{next}\">Go on</a>");
    }

    private static ReviewRole? RoleOf(ClaimsPrincipal principal, PeopleOptions options)
    {
        var names = principal.FindAll(options.OidcRoleClaim)
            .Select(claim => claim.Value)
            .Where(value => value.StartsWith(options.OidcRolePrefix, StringComparison.Ordinal))
            .Select(value => PermissionTable.PeoplesRoles.IndexOf(value[options.OidcRolePrefix.Length..]))
            .Where(static index => index >= 0)
            .ToArray();
        return names.Length == 0 ? null : (ReviewRole)names.Max();
    }

    // By the provider's own id: names there can be chosen.
    private static async Task<PersonRow?> PersonOfAsync(HttpContext http, ClaimsPrincipal principal, ReviewRole role)
    {
        const int SubjectMax = 100;
        const int NameMax = 200;
        var subject = principal.FindFirstValue("sub") ?? "";
        if (subject.Length is 0 or > SubjectMax)
        {
            return null;
        }

        var people = http.RequestServices.GetRequiredService<PeopleBook>();
        var name = principal.FindFirstValue("name") ?? principal.FindFirstValue("preferred_username") ?? subject;
        name = name[..Math.Min(name.Length, NameMax)];
        var known = await people.FindAsync(IdMark + subject, http.RequestAborted);
        return known is { IsDisabled: true } || (known?.Name == name && known.Role == (byte)role)
            ? known
            : await people.PutAsync(IdMark + subject, name, role, isDisabled: false, password: "", http.RequestAborted);
    }
}
