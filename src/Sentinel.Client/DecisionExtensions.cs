using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Sentinel.Client;

/// <summary>Puts decisions into an application or a YARP proxy.</summary>
public static class DecisionExtensions
{
    /// <summary>Registers the client.</summary>
    public static IServiceCollection AddLlmSentinel(this IServiceCollection services, Action<ClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ClientOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClientOptions>, ClientOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(DecisionClient.HttpClientName);
        services.AddSingleton<DecisionClient>();
        return services;
    }

    /// <summary>Asks about every request from here on: after authentication, before what serves or forwards it.</summary>
    public static IApplicationBuilder UseLlmSentinel(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<DecisionMiddleware>();
    }
}
