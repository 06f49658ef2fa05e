using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Observability;
using Sentinel.Api.People;
using Sentinel.Api.Reports;
using Sentinel.Api.Review.Http;
using Sentinel.Storage.Webhooks;

namespace Sentinel.Api.Webhooks;

/// <summary>An event that a target did not take.</summary>
internal sealed record DeadLetterAnswer
{
    [Description("Id of the dead letter.")]
    public required string Id { get; init; }

    [Description("Name of the target.")]
    public required string Target { get; init; }

    [Description("Id of the event, as the target would have seen it.")]
    public required string Event { get; init; }

    [Description("What happened.")]
    public required string Kind { get; init; }

    [Description("To what: a case, a campaign.")]
    public required string Subject { get; init; }

    [Description("Why it was not taken.")]
    public required string Reason { get; init; }

    [Description("How often it was tried.")]
    public required int Attempts { get; init; }

    [Description("When it was tried last.")]
    public required DateTimeOffset FailedAt { get; init; }

    public static DeadLetterAnswer Of(WebhookDeadLetter letter) => new()
    {
        Id = RetryDeadLetter.IdOf(letter),
        Target = letter.Target,
        Event = string.Create(CultureInfo.InvariantCulture, $"{WebhookEvent.IdPrefix}{letter.Number}"),
        Kind = letter.Kind,
        Subject = letter.Subject,
        Reason = letter.Reason,
        Attempts = letter.Attempts,
        FailedAt = letter.FailedAt,
    };
}

/// <summary>Dead letters.</summary>
internal sealed record DeadLettersAnswer
{
    [Description("The latest first.")]
    public required IReadOnlyList<DeadLetterAnswer> DeadLetters { get; init; }
}

/// <summary>A dead letter that was delivered after all.</summary>
internal sealed record RetriedAnswer
{
    [Description("Id of the dead letter that was.")]
    public required string Id { get; init; }
}

/// <summary><c>/v1/webhooks/dead-letters</c>.</summary>
internal static class WebhookEndpoints
{
    private const int LettersDefault = 100;

    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton(static provider => WebhookBook.Read(
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<SharingBook>()));
        services.AddSingleton(static provider => new WebhookSender(
            static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue,
            provider.GetRequiredService<WebhookBook>().Timeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new WebhookWork(
            RandomNumberGenerator.GetHexString(16, lowercase: true), provider.GetRequiredService<WebhookBook>(),
            provider.GetRequiredService<WebhookSender>(), provider.GetRequiredService<SharingBook>(),
            provider.GetRequiredService<ApiTelemetry>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebhookWork>>()));
        return services;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks");
        webhooks.MapGet("/dead-letters", ListAsync)
            .Says("ListDeadLetters", "What did webhooks not deliver?", "Events that a target refused, or did not take in all attempts.", Permit.ManageWebhooks)
            .Produces<DeadLettersAnswer>();
        webhooks.MapPost("/dead-letters/{letter}/retry", RetryAsync)
            .Says("RetryDeadLetter", "Send a dead letter again", "Once, under the id that the event always had; 409 says why it was not taken again.", Permit.ManageWebhooks)
            .Produces<RetriedAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Task<IResult> ListAsync(
        HttpContext http, [Description("Dead letters to show, 1 to 1,000; 100 when absent.")] int? limit) => ReviewHttp.SendAsync(
        http,
        new ListDeadLetters.Query(ReviewGate.ReviewerOf(http), limit ?? LettersDefault),
        static letters => TypedResults.Ok(new DeadLettersAnswer { DeadLetters = [.. letters.Select(DeadLetterAnswer.Of)] }));

    private static Task<IResult> RetryAsync(string letter, HttpContext http) => ReviewHttp.SendAsync(
        http,
        new RetryDeadLetter.Command(ReviewGate.ReviewerOf(http), letter),
        static id => TypedResults.Ok(new RetriedAnswer { Id = id }));
}
