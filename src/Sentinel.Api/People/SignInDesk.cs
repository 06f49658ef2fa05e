using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.People;

/// <summary>What became of an attempt to sign in.</summary>
internal enum SignInOutcome : byte
{
    /// <summary>The answer carries the session.</summary>
    Done,

    /// <summary>Nobody has that id and password.</summary>
    Wrong,

    /// <summary>It was tried too often; later.</summary>
    TooOften,
}

/// <summary>Signs people in with their passwords. Every attempt is on record. Thread-safe.</summary>
internal sealed class SignInDesk(PeopleBook people, Sessions sessions, ReviewStore store, TimeProvider clock)
{
    /// <summary>How long somebody waits after failing too often.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    private const int FailuresMax = 5;
    private const int NamesMax = 10_000;

    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Until)> _failures = new(StringComparer.Ordinal);

    /// <summary>Signs somebody in.</summary>
    public async Task<SignInOutcome> SignInAsync(HttpContext http, string id, string password)
    {
        var now = clock.GetUtcNow();
        var before = _failures.GetValueOrDefault(id);
        if (before.Count >= FailuresMax && before.Until > now)
        {
            return SignInOutcome.TooOften;
        }

        var person = await people.CheckAsync(id, password, http.RequestAborted);
        if (person is null)
        {
            if (_failures.Count >= NamesMax)
            {
                _failures.Clear(); // Whoever tries ten thousand names is slowed down by the stretched passwords.
            }

            _failures[id] = (before.Until > now || before.Count < FailuresMax ? before.Count + 1 : 1, now + Wait);
            await RecordAsync(id, "session.refused", "wrong");
            return SignInOutcome.Wrong;
        }

        _failures.TryRemove(id, out _);
        await BeginAsync(http, person);
        return SignInOutcome.Done;
    }

    /// <summary>Uses the link of a first start: the administrator's password is this, and they are signed in.</summary>
    public async Task<bool> SetUpAsync(HttpContext http, string token, string password)
    {
        if (await people.SetUpAsync(token, password, http.RequestAborted) is not { } person)
        {
            return false;
        }

        await BeginAsync(http, person);
        return true;
    }

    /// <summary>Begins the session of somebody who showed who they are.</summary>
    public async Task BeginAsync(HttpContext http, PersonRow person)
    {
        await sessions.SignInAsync(http, person);
        await RecordAsync(person.Id, "session.begun", "done");
    }

    private Task RecordAsync(string id, string action, string outcome) => store.Opened.Audit.AppendAsync(
        [
            new AuditEntry(
                clock.GetUtcNow(), id[..Math.Min(id.Length, Texts.IdMax)], AuditKind.Configuration, action, "session", outcome, "{}"),
        ],
        CancellationToken.None);
}
