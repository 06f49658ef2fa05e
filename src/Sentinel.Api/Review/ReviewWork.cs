using Sentinel.Api.People;
using Sentinel.Api.Webhooks;
using Sentinel.Storage;

namespace Sentinel.Api.Review;

/// <summary>The life of reviewing in a host: opened with the store, working until the host stops it, closed before the store.</summary>
public sealed class ReviewWork
{
    private readonly ReviewStore _store;
    private readonly PeopleBook _people;
    private readonly RulingRepair _repair;
    private readonly CaseOpener _opener;
    private readonly SessionKey _key;
    private readonly WebhookWork _webhooks;

    internal ReviewWork(
        ReviewStore store, PeopleBook people, RulingRepair repair, CaseOpener opener, SessionKey key, WebhookWork webhooks) =>
        (_store, _people, _repair, _opener, _key, _webhooks) = (store, people, repair, opener, key, webhooks);

    /// <summary>Opens it; once the boards know what they are told, and before gateways are answered.</summary>
    /// <param name="clickHouse">The migrated database.</param>
    /// <param name="cancel">Ends opening.</param>
    public async Task OpenAsync(IClickHouse clickHouse, CancellationToken cancel)
    {
        _store.Open(clickHouse);
        _webhooks.Open(clickHouse);
        await _key.OpenAsync(cancel);
        await _people.OpenAsync(cancel);
        await _repair.StartAsync(cancel);
    }

    /// <summary>Opens cases of what is found and tells webhooks, until cancelled; ends when one of them fails.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] works = [_opener.RunAsync(ending.Token), _webhooks.RunAsync(ending.Token)];
        await Task.WhenAny(works);
        await ending.CancelAsync();
        await Task.WhenAll(works);
    }

    /// <summary>From now on nothing is reviewed.</summary>
    public void Close()
    {
        _webhooks.Close();
        _store.Close();
    }
}
