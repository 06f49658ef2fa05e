using Sentinel.Api.People;
using Sentinel.Storage;

namespace Sentinel.Api.Review;

/// <summary>The life of reviewing in a host: opened with the store, working until the host stops it, closed before the store.</summary>
public sealed class ReviewWork
{
    private readonly ReviewStore _store;
    private readonly PeopleBook _people;
    private readonly RulingEffects _effects;
    private readonly CaseDesk _desk;
    private readonly CaseOpener _opener;
    private readonly SessionKey _key;

    internal ReviewWork(
        ReviewStore store, PeopleBook people, RulingEffects effects, CaseDesk desk, CaseOpener opener, SessionKey key) =>
        (_store, _people, _effects, _desk, _opener, _key) = (store, people, effects, desk, opener, key);

    /// <summary>Opens it; once the boards know what they are told, and before gateways are answered.</summary>
    /// <param name="clickHouse">The migrated database.</param>
    /// <param name="cancel">Ends opening.</param>
    public async Task OpenAsync(IClickHouse clickHouse, CancellationToken cancel)
    {
        _store.Open(clickHouse);
        await _key.OpenAsync(cancel);
        await _people.OpenAsync(cancel);
        await _effects.RecoverAsync(state => _desk.MembersOfAsync(state, cancel), cancel);
    }

    /// <summary>Opens cases of what is found, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => _opener.RunAsync(cancel);

    /// <summary>From now on nothing is reviewed.</summary>
    public void Close() => _store.Close();
}
