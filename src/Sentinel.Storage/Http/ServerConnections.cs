using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Storage.Http;

// Connections to one server.
internal static class ServerConnections
{
    // A name may come to mean another machine.
    private static readonly TimeSpan LifeMax = TimeSpan.FromMinutes(5);

    public static HttpClient Open(HttpClickHouseOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeMax,
            MaxConnectionsPerServer = options.ConnectionsMax,
            PooledConnectionLifetime = LifeMax,
            AllowAutoRedirect = false, // A redirect would take the password elsewhere.
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = options.Compression == WireCompression.Gzip
                ? DecompressionMethods.GZip
                : DecompressionMethods.None,
        };
        if (options.CaFile.Length > 0)
        {
            handler.SslOptions = TrustOnly(options.CaFile);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // Each request has a limit of its own.
    }

    private static SslClientAuthenticationOptions TrustOnly(string caFile)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // Authorities of one's own seldom publish lists.
        };
        policy.CustomTrustStore.AddRange(authorities);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
