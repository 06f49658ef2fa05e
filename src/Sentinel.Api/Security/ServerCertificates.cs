using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Sentinel.Api.Security;

/// <summary>The server's side of TLS: its own certificate, and which of its clients' it takes.</summary>
public static class ServerCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Sets TLS up as configured.</summary>
    /// <exception cref="CryptographicException">A file is no PEM of what it should be.</exception>
    public static void Configure(HttpsConnectionAdapterOptions https, SecurityOptions options)
    {
        ArgumentNullException.ThrowIfNull(https);
        ArgumentNullException.ThrowIfNull(options);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile);
        https.ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.CertificateKeyFile);
        https.ServerCertificateChain = chain;
        if (options.ClientAuthoritiesFile.Length > 0)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(options.ClientAuthoritiesFile);
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate; // Callers may show a key instead.
            https.ClientCertificateValidation = (certificate, sent, _) => IsOf(certificate, sent, authorities);
        }
    }

    private static bool IsOf(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // The file of keys is what revokes.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }
}
