using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Storage.Http;

/// <summary>How the body of an insert travels.</summary>
public enum WireCompression : byte
{
    /// <summary>As it is: the cheapest where the network is not what limits.</summary>
    None,

    /// <summary>LZ4 frames. Results are not compressed.</summary>
    Lz4,

    /// <summary>Gzip, results too: for narrow lines and for proxies that know nothing else.</summary>
    Gzip,
}

/// <summary>Which ClickHouse server, as whom, and how patiently.</summary>
public sealed record HttpClickHouseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "ClickHouse";

    /// <summary>The server's HTTP interface, such as <c>https://clickhouse:8443</c>. No user, path or query.</summary>
    public string Url { get; init; } = "http://localhost:8123";

    /// <summary>The database; it must exist.</summary>
    public string Database { get; init; } = "sentinel";

    /// <summary>The user.</summary>
    public string User { get; init; } = "default";

    /// <summary>The user's password. Of this and <see cref="PasswordFile"/> at most one is set.</summary>
    public string Password { get; init; } = string.Empty;

    /// <summary>A file whose text, without the line end, is the password. Empty for none.</summary>
    public string PasswordFile { get; init; } = string.Empty;

    /// <summary>
    /// PEM file of the certificate authorities that the server's certificate may come from, instead of the system's.
    /// Empty for the system's.
    /// </summary>
    public string CaFile { get; init; } = string.Empty;

    /// <summary>How inserts travel. Default LZ4: a server is seldom on the same machine.</summary>
    public WireCompression Compression { get; init; } = WireCompression.Lz4;

    /// <summary>
    /// The cluster to make tables on: replicated, with a distributed table before each. Empty for a single server.
    /// </summary>
    public string Cluster { get; init; } = string.Empty;

    /// <summary>Longest time to open a connection. Default 5 s.</summary>
    public TimeSpan ConnectTimeMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one query. Default 30 s, as in process.</summary>
    public TimeSpan QueryTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time of one try of an insert. Default 2 min: a block takes a second on a busy server.</summary>
    public TimeSpan InsertTimeMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Connections for queries, and as many again for inserts; more work waits. Default 8: lanes of one process.
    /// </summary>
    public int ConnectionsMax { get; init; } = 8;

    /// <summary>Times that a query is tried again. Default 3: less than 2 s of waiting.</summary>
    public int RetriesMax { get; init; } = 3;

    /// <summary>
    /// How long an insert tries again while the server is away or cannot work. Default 15 min: the server's machine
    /// can be restarted under it. Meanwhile the caller waits, and so does what feeds it.
    /// </summary>
    public TimeSpan UnavailableMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest wait between two tries. Default 10 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest result. Default 512 MiB: a range of the log takes 23.</summary>
    public int ResultBytesMax { get; init; } = 512 << 20;

    /// <summary>
    /// The server is older than the settings that we send (2019 and before): nothing is sent but statements. For tests
    /// of the transport; retries are not harmless without them.
    /// </summary>
    internal bool IsPlain { get; init; }

    /// <summary>What is wrong, each sentence beginning with the key; empty when nothing is.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        Check(
            Uri.TryCreate(Url, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                && url is { UserInfo: "", PathAndQuery: "/", Fragment: "" },
            nameof(Url), "is not http://HOST:PORT or https://HOST:PORT (user and password have keys of their own).");
        Check(IsName(Database), nameof(Database), "is not a name of letters, digits and underscores.");
        Check(Cluster.Length == 0 || IsName(Cluster.Replace('-', '_')), nameof(Cluster), "is not a cluster's name.");
        Check(User.Length > 0 && !User.AsSpan().ContainsAny('\r', '\n'), nameof(User), "is missing.");
        Check(!Password.AsSpan().ContainsAny('\r', '\n'), nameof(Password), "has a line end in it.");
        Check(Password.Length == 0 || PasswordFile.Length == 0, nameof(PasswordFile), "is set beside Password.");
        Check(PasswordFile.Length == 0 || File.Exists(PasswordFile), nameof(PasswordFile), "names no file.");
        Check(CaFile.Length == 0 || HoldsCertificate(CaFile), nameof(CaFile), "names no PEM file of certificates.");
        Check(Enum.IsDefined(Compression), nameof(Compression), "is none of None, Lz4 and Gzip.");
        CheckTime(ConnectTimeMax, nameof(ConnectTimeMax));
        CheckTime(QueryTimeMax, nameof(QueryTimeMax));
        CheckTime(InsertTimeMax, nameof(InsertTimeMax));
        CheckTime(RetryDelayMax, nameof(RetryDelayMax));
        CheckTime(UnavailableMax, nameof(UnavailableMax));
        Check(ConnectionsMax is >= 1 and <= 256, nameof(ConnectionsMax), "is not 1..256.");
        Check(RetriesMax is >= 0 and <= 20, nameof(RetriesMax), "is not 0..20.");
        Check(ResultBytesMax is >= 1 << 20 and <= 1 << 30, nameof(ResultBytesMax), "is not 1 MiB..1 GiB.");
        return faults.ToImmutable();

        void Check(bool isRight, string key, string fault)
        {
            if (!isRight)
            {
                faults.Add($"{Section}:{key} {fault}");
            }
        }

        void CheckTime(TimeSpan time, string key) => Check(
            time >= TimeSpan.FromMilliseconds(10) && time <= TimeSpan.FromDays(1), key, "is not 10 ms..1 day.");
    }

    // A record would print its password.
    /// <inheritdoc/>
    public override string ToString() => $"{Url} as {User}, database {Database}";

    internal string ReadPassword() =>
        PasswordFile.Length == 0 ? Password : File.ReadAllText(PasswordFile).TrimEnd('\r', '\n');

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static bool HoldsCertificate(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0;
        }
        catch (Exception fault) when (fault is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
