using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sentinel.Api.Decisions;
using Sentinel.Api.People;
using Sentinel.Detection.Rulings;

namespace Sentinel.Api.Review;

/// <summary>Registers what reviewing needs.</summary>
internal static class ReviewServices
{
    public static IServiceCollection AddReview(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ReviewOptions, ReviewOptionsValidator>()
            .BindConfiguration(ReviewOptions.Section);
        services.AddOptionsWithValidateOnStart<PeopleOptions, PeopleOptionsValidator>()
            .BindConfiguration(PeopleOptions.Section);
        services.AddSingleton<ReviewStore>();
        services.TryAddSingleton<IRulingRoad>(static provider => new BoardRoad(provider.GetRequiredService<RulingBoard>()));
        services.AddSingleton<RulingEffects>();
        services.AddSingleton<CaseDesk>();
        services.AddSingleton<Http.IdempotentAnswers>();
        services.AddSingleton<PeopleBook>();
        services.AddSingleton<RulingRepair>();
        services.TryAddSingleton<RulingsInForce>();
        services.AddSingleton<RulingBook>();
        services.AddSingleton<CaseFollower>();
        services.AddSingleton<CaseOpener>();
        services.AddSingleton(static provider => new ReviewWork(
            provider.GetRequiredService<ReviewStore>(), provider.GetRequiredService<PeopleBook>(),
            provider.GetRequiredService<RulingRepair>(), provider.GetRequiredService<CaseOpener>(),
            provider.GetRequiredService<SessionKey>(), provider.GetRequiredService<Webhooks.WebhookWork>()));
        services.AddTransient<ServiceFactory>(static provider => provider.GetService!);
        services.AddTransient<IMediator, Mediator>();
        foreach (var handler in typeof(ReviewServices).Assembly.GetTypes().Where(static type => !type.IsAbstract))
        {
            foreach (var service in handler.GetInterfaces().Where(static type =>
                type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
            {
                Add(services, handler, service.GetGenericArguments());
            }
        }

        return services;
    }

    // A behaviour is closed by hand: the container cannot tell T from Reviewed<T>.
    private static void Add(IServiceCollection services, Type handler, Type[] arguments)
    {
        services.AddTransient(typeof(IRequestHandler<,>).MakeGenericType(arguments), handler);
        Type[] inner = [arguments[0], arguments[1].GetGenericArguments()[0]];
        var behavior = typeof(IPipelineBehavior<,>).MakeGenericType(arguments);
        services.AddTransient(behavior, typeof(AuditBehavior<,>).MakeGenericType(inner)); // Outside: refusals are on record.
        services.AddTransient(behavior, typeof(ValidationBehavior<,>).MakeGenericType(inner));
    }
}
