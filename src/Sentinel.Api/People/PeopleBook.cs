using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.People;

/// <summary>
/// Who may sign in, looked up again every few seconds: what one process changes holds in the others soon. Thread-safe.
/// </summary>
internal sealed partial class PeopleBook(
    ReviewStore store, IOptions<PeopleOptions> options, TimeProvider clock, ILogger<PeopleBook> logger)
{
    /// <summary>Id of the administrator of the first start.</summary>
    public const string FirstAdministrator = "admin";

    /// <summary>Shortest password.</summary>
    public const int PasswordMin = 12;

    /// <summary>Longest password.</summary>
    public const int PasswordMax = 256;

    private const int SetUpBytes = 32;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly PasswordHasher<string> _hasher = new(Options.Create(new PasswordHasherOptions
    {
        IterationCount = options.Value.PasswordRounds,
    }));

    private volatile Known? _known;
    private byte[]? _setUpDigest;

    /// <summary>Whether nobody can sign in yet and a link to set up an administrator was shown.</summary>
    public bool AwaitsSetUp => _setUpDigest is not null;

    /// <summary>All people, by id.</summary>
    public async Task<FrozenDictionary<string, PersonRow>> AllAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (_known is not { } known || now - known.At > LookEvery)
        {
            var people = await store.Opened.People.ReadAsync(cancel);
            _known = known = new Known(people.ToFrozenDictionary(static one => one.Id, StringComparer.Ordinal), now);
        }

        return known.People;
    }

    /// <summary>Somebody, or null.</summary>
    public async Task<PersonRow?> FindAsync(string id, CancellationToken cancel) =>
        (await AllAsync(cancel)).GetValueOrDefault(id);

    /// <summary>At a start with no people: makes the administrator whose password is configured, or shows a link.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        _known = null;
        if ((await AllAsync(cancel)).Values.Any(static one => one.Role == (byte)ReviewRole.Administrator && !one.IsDisabled))
        {
            return;
        }

        var password = options.Value.AdministratorPasswordFile.Length > 0
            ? (await File.ReadAllTextAsync(options.Value.AdministratorPasswordFile, cancel)).Trim()
            : options.Value.AdministratorPassword;
        if (password.Length > 0)
        {
            await MakeAdministratorAsync(password, cancel);
            Log.AdministratorMade(logger, FirstAdministrator);
            return;
        }

        if (options.Value.OidcAuthority.Length > 0)
        {
            return; // The provider says who administers.
        }

        var token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SetUpBytes));
        _setUpDigest = Digest.Of(token);
        Log.SetUp(logger, $"{options.Value.Address.TrimEnd('/')}/console/setup?token={token}");
    }

    /// <summary>Uses the link of the first start, once.</summary>
    public async Task<PersonRow?> SetUpAsync(string token, string password, CancellationToken cancel)
    {
        var shown = Digest.Of(token);
        var digest = _setUpDigest;
        if (digest is null || !CryptographicOperations.FixedTimeEquals(digest, shown)
            || Interlocked.CompareExchange(ref _setUpDigest, null, digest) != digest)
        {
            return null;
        }

        return await MakeAdministratorAsync(password, cancel);
    }

    /// <summary>Somebody by their id and password, or null.</summary>
    public async Task<PersonRow?> CheckAsync(string id, string password, CancellationToken cancel)
    {
        if (password.Length > PasswordMax)
        {
            return null;
        }

        var person = await FindAsync(id, cancel);
        var hash = person is { IsDisabled: false, PasswordHash.Length: > 0 } ? person.PasswordHash : Nobody.Value;
        var isRight = _hasher.VerifyHashedPassword(id, hash, password) != PasswordVerificationResult.Failed;
        return isRight && hash != Nobody.Value ? person : null;
    }

    /// <summary>Writes somebody down. Null when somebody else changed them in the meantime.</summary>
    /// <param name="id">Who.</param>
    /// <param name="name">As others see them.</param>
    /// <param name="role">As what.</param>
    /// <param name="isDisabled">Whether they may not sign in.</param>
    /// <param name="password">A new password, empty for none, or null to leave it.</param>
    /// <param name="cancel">Heeded before it is written.</param>
    public async Task<PersonRow?> PutAsync(
        string id, string name, ReviewRole role, bool isDisabled, string? password, CancellationToken cancel)
    {
        _known = null;
        var before = await FindAsync(id, cancel);
        var person = new PersonRow(
            id,
            (before?.Version ?? 0) + 1,
            name,
            (byte)role,
            isDisabled,
            password is null ? before?.PasswordHash ?? "" : password.Length == 0 ? "" : _hasher.HashPassword(id, password),
            BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            clock.GetUtcNow());
        var isThere = await store.Opened.People.PutAsync(person, cancel);
        _known = null;
        return isThere ? person : null;
    }

    // Somebody who is not there takes as long as somebody who is: times do not tell who is.
    private Lazy<string> Nobody => _nobody ??= new Lazy<string>(() => _hasher.HashPassword("", Convert.ToHexString(
        RandomNumberGenerator.GetBytes(SetUpBytes))));

    private Lazy<string>? _nobody;

    private async Task<PersonRow?> MakeAdministratorAsync(string password, CancellationToken cancel)
    {
        var made = await PutAsync(
            FirstAdministrator, "Administrator", ReviewRole.Administrator, isDisabled: false, password, cancel);
        await store.Opened.Audit.AppendAsync(
            [
                new AuditEntry(
                    clock.GetUtcNow(), CaseEvent.Machine, AuditKind.Configuration, "person.first_administrator",
                    FirstAdministrator, "done", "{}"),
            ],
            CancellationToken.None);
        return made;
    }

    private sealed record Known(FrozenDictionary<string, PersonRow> People, DateTimeOffset At);

    private static partial class Log
    {
        [LoggerMessage(EventIds.AdministratorMade, LogLevel.Information, "First start: {Id} can sign in with the password configured.")]
        public static partial void AdministratorMade(ILogger logger, string id);

        [LoggerMessage(EventIds.SetUpShown, LogLevel.Warning, "First start: set the administrator's password, once, at {Link}")]
        public static partial void SetUp(ILogger logger, string link);
    }
}
