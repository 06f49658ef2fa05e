using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Campaigns;

/// <summary><c>GET /v1/campaigns</c> and <c>GET /v1/campaigns/{id}</c>.</summary>
internal static class CampaignEndpoints
{
    private const int LimitDefault = 50;
    private const int TextMax = 256;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var campaigns = routes.MapGroup("/v1/campaigns").WithTags("Campaigns").WithStoreGate();
        campaigns.MapGet("/", ListAsync)
            .WithName("ListCampaigns")
            .WithSummary("Which campaigns are there?")
            .WithDescription("Campaigns that stand, largest risk first, a page at a time.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        campaigns.MapGet("/{campaign}", FindAsync)
            .WithName("GetCampaign")
            .WithSummary("What is known of a campaign?")
            .WithDescription("A campaign with all its accounts. One that another took over is still found by its id, "
                + "and says which in merged_into.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<CampaignListAnswer>, ProblemHttpResult>> ListAsync(
        [Description("Campaigns in the page, 1 to 200; 50 when absent.")] int? limit,
        [Description("next_cursor of the page before.")] string? cursor,
        IFindingReader findings,
        IOptions<ApiOptions> options,
        CancellationToken cancel)
    {
        if (!PageLimit.TryTake(limit, LimitDefault, options.Value.CampaignPageMax, out var count, out var wrong))
        {
            return wrong;
        }

        CampaignCursor after = default;
        if (cursor is not null
            && (!CampaignCursor.TryParse(cursor, out after) || after.Order != CampaignOrder.Riskiest))
        {
            return ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_cursor", "cursor is next_cursor of an earlier page, unchanged.");
        }

        var page = await findings.ListCampaignsAsync(count, cursor is null ? null : after, cancel);
        return TypedResults.Ok(new CampaignListAnswer
        {
            Campaigns = [.. page.Campaigns.Select(CampaignListItem.From)],
            NextCursor = page.Next?.ToString(),
        });
    }

    private static async Task<Results<Ok<CampaignAnswer>, ProblemHttpResult>> FindAsync(
        string campaign, IFindingReader findings, CancellationToken cancel)
    {
        if (campaign.Length <= TextMax && await findings.FindCampaignAsync(campaign, cancel) is { } found)
        {
            return TypedResults.Ok(CampaignAnswer.From(found));
        }

        return ApiProblem.Of(StatusCodes.Status404NotFound, "no_such_campaign", "There is no campaign with this id.");
    }
}
