// Findings become cases by themselves. Ids follow from what was found, so that looking twice, or two processes looking at
// once, opens nothing twice; where it had stopped is told by the cases that there are.
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Cases;
using Sentinel.Storage;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Opens cases of what the machine finds, and tells cases of what changed. One owner.</summary>
internal sealed partial class CaseOpener(
    ReviewStore store, CaseFollower follower, RulingRepair repair, IOptions<ReviewOptions> options, TimeProvider clock,
    ILogger<CaseOpener> logger)
{
    private const int DigestLetters = 16;

    private readonly FindingTail _campaigns = new((place, most, cancel) => store.Opened.Findings.CampaignsAsync(place, most, cancel));
    private readonly FindingTail _accounts = new((place, most, cancel) => store.Opened.Findings.AccountsAsync(place, most, cancel));

    /// <summary>Id of the case about a campaign.</summary>
    public static string CampaignCase(string campaignId) => $"case-{campaignId}";

    /// <summary>Id of the case about an account, whose own id may be of any characters.</summary>
    public static string AccountCase(string accountId) =>
        $"case-account-{Digest.HexOf(accountId, DigestLetters)}";

    /// <summary>Looks again and again until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.OpenSeconds), clock);
        do
        {
            try
            {
                GoBack();
                while (await LookAsync(cancel) > 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }

                await repair.PassAsync(cancel);
            }
            catch (ClickHouseException cause)
            {
                Log.NotOpened(logger, cause.Message); // The next look begins where this one did.
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    /// <summary>Has the next look find what was written at the same time as what is known.</summary>
    public void GoBack()
    {
        _campaigns.GoBack();
        _accounts.GoBack();
    }

    /// <summary>Takes the next findings, campaigns first.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> LookAsync(CancellationToken cancel)
    {
        var campaigns = await _campaigns.ReadAsync(cancel);
        var fresh = _campaigns.NewOf(campaigns);
        await TakeAsync(fresh, CaseKind.Campaign, CampaignCase, cancel);
        await follower.FollowAsync(fresh.Select(static one => one.Subject), cancel);
        _campaigns.Taken(campaigns);
        var accounts = await _accounts.ReadAsync(cancel);
        await TakeAsync(_accounts.NewOf(accounts), CaseKind.Account, AccountCase, cancel);
        _accounts.Taken(accounts);
        return campaigns.Length + accounts.Length;
    }

    private async Task TakeAsync(
        ImmutableArray<Finding> findings, CaseKind kind, Func<string, string> idOf, CancellationToken cancel)
    {
        if (findings.IsEmpty)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var stores = store.Opened;
        var byId = findings.DistinctBy(static one => one.Subject, StringComparer.Ordinal)
            .ToDictionary(one => idOf(one.Subject), StringComparer.Ordinal);
        var known = await stores.Cases.ListAsync(byId.Keys, cancel);
        var opened = await stores.Cases.OpenAsync(
            [.. byId.Select(one => (one.Key, new CaseOpened(kind, one.Value.Subject, one.Value.Facts, [], null)))],
            CaseEvent.Machine, now, cancel);
        var entries = opened.Select(state => EntryOf("case.opened", state.Id, state.Facts, now)).ToList();
        foreach (var one in known.Where(one => one.TakenOverBy is null && byId[one.Id].Facts.IsNewsAfter(one.Facts)))
        {
            if (await stores.Cases.FindAsync(one.Id, cancel) is { } state
                && (await stores.Cases.AppendAsync(
                    state, new CaseRefreshed(byId[one.Id].Facts), CaseEvent.Machine, now, cancel)).After is not null)
            {
                entries.Add(EntryOf("case.refreshed", one.Id, byId[one.Id].Facts, now));
            }
        }

        await stores.Audit.AppendAsync(entries, CancellationToken.None);
        if (!opened.IsEmpty)
        {
            Log.Opened(logger, opened.Length, CaseWords.Of(kind));
        }
    }

    private static AuditEntry EntryOf(string action, string id, CaseFacts facts, DateTimeOffset now) => new(
        now, CaseEvent.Machine, AuditKind.Automatic, action, id, "done",
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"accounts":{{facts.Accounts}},"exchanges":{{facts.Exchanges}},"risk":{{facts.Risk}},"priority":{{facts.Priority}}}"""));

    private static partial class Log
    {
        [LoggerMessage(EventIds.CasesOpened, LogLevel.Information, "Opened {Count} cases ({Kind}).")]
        public static partial void Opened(ILogger logger, int count, string kind);

        [LoggerMessage(
            EventIds.CasesNotOpened, LogLevel.Warning, "Cases could not be opened, the next look tries again: {Reason}")]
        public static partial void NotOpened(ILogger logger, string reason);
    }
}
